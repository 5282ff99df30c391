//! Does it serve? The writer, its cluster, its application, and where the name leads.

use super::{Findings, Scene};
use crate::reading::{NameAnswer, RegionReadings};

impl Scene<'_> {
    pub(super) fn judge_service(&self, findings: &mut Findings) {
        self.judge_all_applications(findings);
        let topology = self.known(
            &self.readings.topology,
            "which region writes",
            &mut findings.blind_to_service,
        );
        let name = self.known(
            &self.readings.name,
            "where the application's name leads",
            &mut findings.blind_to_service,
        );
        let Some(topology) = topology else { return };
        let Some(writer) = topology.writer_region.as_deref() else {
            findings.down.push("No region writes".to_owned());
            return;
        };
        match self.readings.region(writer) {
            Some(region) => self.judge_writer(region, findings),
            None => findings.blind_to_service.push(format!(
                "Unknown: {writer} writes, which is neither region of this environment"
            )),
        }
        if let Some(name) = name {
            judge_name(name, writer, findings);
        }
    }

    /// Whoever writes: where no application answers, nothing is served.
    fn judge_all_applications(&self, findings: &mut Findings) {
        let answers: Vec<bool> = self
            .readings
            .regions
            .iter()
            .filter_map(|region| Some(region.application.known(self.now)?.healthy))
            .collect();
        if !answers.is_empty() && answers.len() == self.readings.regions.len() && !answers.contains(&true) {
            findings
                .down
                .push("The application can do its work in no region".to_owned());
        }
    }

    fn judge_writer(&self, writer: &RegionReadings, findings: &mut Findings) {
        let region = &writer.region;
        let blind = &mut findings.blind_to_service;
        let cluster = self.known(&writer.cluster, &format!("the database in {region}"), blind);
        let probe = self.known(
            &writer.application,
            &format!("the application in {region}"),
            blind,
        );
        if let Some(cluster) = cluster.filter(|cluster| !cluster.can_write()) {
            findings.down.push(format!(
                "{region} is to write, but its database is {} with {} of {} instances available",
                cluster.status, cluster.available_instances, cluster.instances
            ));
        }
        if let Some(probe) = probe.filter(|probe| !probe.healthy) {
            findings.down.push(format!(
                "The application in {region}, which writes, cannot do its work: {}",
                probe.detail
            ));
        }
    }
}

fn judge_name(name: &NameAnswer, writer: &str, findings: &mut Findings) {
    match name.region.as_deref() {
        Some(region) if region == writer => {}
        Some(region) => findings
            .down
            .push(format!("{} leads to {region}, but {writer} writes", name.name)),
        None => findings
            .risks
            .push(format!("{} leads to the host of neither region", name.name)),
    }
}
