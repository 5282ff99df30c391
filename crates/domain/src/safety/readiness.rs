//! Could it fail over well now? The follower, its lag, the checks, the alarms, and the environment's own automation.

use chrono::TimeDelta;

use super::{Findings, Scene, words};
use crate::reading::{Automation, RegionReadings, RegionRole, Topology};

/// A writer commits a heartbeat every second; the environment's own monitor takes 15 s for a failure, and clocks differ.
const HEARTBEAT_LIMIT_SECONDS: i64 = 30;
/// The environment's own monitor probes every few seconds.
const MONITOR_LIMIT_SECONDS: i64 = 120;
/// Names of alarms that a sentence lists.
const ALARMS_NAMED: usize = 3;

impl Scene<'_> {
    pub(super) fn judge_readiness(&self, findings: &mut Findings) {
        if let Some(topology) = self.readings.topology.known(self.now)
            && let Some(writer) = topology.writer_region.as_deref()
        {
            self.judge_roles(topology, writer, findings);
        }
        self.judge_lag(findings);
        for region in &self.readings.regions {
            self.judge_health_check(region, findings);
            self.judge_alarms(region, findings);
        }
        let blind = &mut findings.blind_to_readiness;
        let automation = &self.readings.automation;
        if let Some(automation) = self.known(automation, "the environment's own automation", blind) {
            self.judge_automation(automation, findings);
        }
    }

    fn judge_roles(&self, topology: &Topology, writer: &str, findings: &mut Findings) {
        for region in &self.readings.regions {
            if region.region == writer {
                self.judge_heartbeat(region, findings);
                if region.built_as == RegionRole::Standby {
                    findings.risks.push(format!(
                        "{writer} serves, which was built as the standby: nothing fails over by itself until somebody fails back"
                    ));
                }
            } else {
                self.judge_follower(topology, region, findings);
            }
        }
    }

    fn judge_follower(&self, topology: &Topology, follower: &RegionReadings, findings: &mut Findings) {
        let region = &follower.region;
        match topology.member_in(region) {
            None => findings
                .risks
                .push(format!("{region} does not belong to the global database")),
            Some(member) => {
                if let Some(word) = member.synchronization.as_deref()
                    && word != "connected"
                {
                    findings
                        .risks
                        .push(format!("{region} does not follow: Aurora says {word}"));
                }
            }
        }
        let blind = &mut findings.blind_to_readiness;
        let cluster = self.known(&follower.cluster, &format!("the database in {region}"), blind);
        let probe = self.known(
            &follower.application,
            &format!("the application in {region}"),
            blind,
        );
        if let Some(cluster) = cluster.filter(|cluster| !cluster.can_write()) {
            findings.risks.push(format!(
                "{region} could not take over: its database is {} with {} of {} instances available",
                cluster.status, cluster.available_instances, cluster.instances
            ));
        }
        if let Some(probe) = probe.filter(|probe| !probe.healthy) {
            findings.risks.push(format!(
                "{region} could not take over: its application cannot do its work: {}",
                probe.detail
            ));
        }
    }

    fn judge_lag(&self, findings: &mut Findings) {
        let blind = &mut findings.blind_to_readiness;
        let lag = &self.readings.lag_seconds;
        let Some(lag) = self.known(lag, "how far the follower is behind", blind) else {
            return;
        };
        let objective = f64::from(self.objectives.rpo_seconds);
        // Whatever is no number at all is not within the objective either.
        let within = *lag <= objective;
        if !within {
            findings.risks.push(format!(
                "The follower is {} behind, more than the objective of {}",
                words::seconds(*lag),
                words::seconds(objective)
            ));
        }
    }

    fn judge_heartbeat(&self, writer: &RegionReadings, findings: &mut Findings) {
        let region = &writer.region;
        let blind = &mut findings.blind_to_readiness;
        let reading = &writer.heartbeat;
        let Some(beat) = self.known(reading, &format!("the heartbeat of {region}"), blind) else {
            return;
        };
        let seen_at = reading.observed_at.unwrap_or(self.now);
        let silent = (seen_at - beat.written_at).num_seconds();
        if silent > HEARTBEAT_LIMIT_SECONDS {
            findings.risks.push(format!(
                "{region} has committed no heartbeat for {}",
                words::span(TimeDelta::seconds(silent))
            ));
        }
    }

    fn judge_health_check(&self, region: &RegionReadings, findings: &mut Findings) {
        let name = &region.region;
        let blind = &mut findings.blind_to_readiness;
        let check = self.known(
            &region.health_check,
            &format!("Route 53's check of {name}"),
            blind,
        );
        if check == Some(&false) {
            findings
                .risks
                .push(format!("Route 53 takes the application in {name} for unhealthy"));
        }
    }

    fn judge_alarms(&self, region: &RegionReadings, findings: &mut Findings) {
        let blind = &mut findings.blind_to_readiness;
        let alarms = &region.alarms;
        let Some(alarms) = self.known(alarms, &format!("the alarms in {}", region.region), blind) else {
            return;
        };
        let ringing: Vec<&str> = alarms
            .iter()
            .filter(|alarm| alarm.rings())
            .map(|alarm| alarm.name.as_str())
            .collect();
        if ringing.is_empty() {
            return;
        }
        let named = ringing
            .iter()
            .take(ALARMS_NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = match ringing.len().saturating_sub(ALARMS_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let region = &region.region;
        findings.risks.push(match ringing.len() {
            1 => format!("An alarm rings in {region}: {named}"),
            count => format!("{count} alarms ring in {region}: {named}{more}"),
        });
    }

    fn judge_automation(&self, automation: &Automation, findings: &mut Findings) {
        if !automation.armed {
            let words = "The kill switch is thrown: no failover happens, by itself or by hand";
            findings.risks.push(words.to_owned());
        }
        if let Some(until) = automation.quiet_until.filter(|until| *until > self.now) {
            findings.risks.push(format!(
                "Roles were changed a short while ago: nothing fails over by itself for another {}",
                words::span(until - self.now)
            ));
        }
        self.judge_monitor(automation, findings);
        self.judge_switch(automation, findings);
    }

    /// The environment's own monitor judges the region built as primary; while the other one writes it is never content.
    fn judge_monitor(&self, automation: &Automation, findings: &mut Findings) {
        let primary_writes = self
            .readings
            .writer(self.now)
            .and_then(|writer| self.readings.region(writer))
            .is_none_or(|region| region.built_as == RegionRole::Primary);
        match automation.verdict.as_deref() {
            Some("healthy") => {}
            None => findings.risks.push(
                "The environment's own monitor never spoke: nothing would fail over by itself".to_owned(),
            ),
            Some(_) if !primary_writes => {}
            Some(word) => findings.risks.push(format!(
                "The environment's own monitor calls the primary region {word}"
            )),
        }
        let Some(probed_at) = automation.probed_at else {
            return;
        };
        let seen_at = self.readings.automation.observed_at.unwrap_or(self.now);
        let silent = seen_at - probed_at;
        if silent.num_seconds() > MONITOR_LIMIT_SECONDS {
            findings.risks.push(format!(
                "The environment's own monitor has been silent for {}: nothing would fail over by itself",
                words::span(silent)
            ));
        }
    }

    fn judge_switch(&self, automation: &Automation, findings: &mut Findings) {
        let Some(writer) = self
            .readings
            .writer(self.now)
            .and_then(|writer| self.readings.region(writer))
        else {
            return;
        };
        let region = &writer.region;
        match (writer.built_as, automation.switch_thrown) {
            (RegionRole::Primary, true) => findings.risks.push(format!(
                "The DNS switch says that the standby takes over, but {region} writes"
            )),
            (RegionRole::Standby, false) => findings.risks.push(format!(
                "The DNS switch does not say that the standby takes over, but {region} writes"
            )),
            _ => {}
        }
    }
}
