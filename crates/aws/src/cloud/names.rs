//! Where a name leads, by DNS, and what Route 53's checkers say of a host.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use aws_sdk_route53::types::HealthCheckObservation;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use lifeboat_domain::reading::NameAnswer;
use lifeboat_dr::{CloudError, Target};
use tokio::join;

use super::outside::Way;
use super::regional::Regional;
use crate::sts::root_cause;

/// Route 53 calls a host healthy while more than this share of its checkers does, in percent.
const HEALTHY_SHARE: usize = 18;

/// Names and addresses that DNS gives for one name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answers {
    names: Vec<String>,
    addresses: Vec<Ipv4Addr>,
}

impl Answers {
    fn leads_to(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    fn shares_an_address_with(&self, other: &Self) -> bool {
        let mine: HashSet<&Ipv4Addr> = self.addresses.iter().collect();
        other.addresses.iter().any(|address| mine.contains(address))
    }
}

/// Where the application's name leads. A name without records leads nowhere.
pub(super) async fn name(way: &Way, target: &Target) -> Result<NameAnswer, CloudError> {
    let resolver = &way.resolver;
    let answers = look_up(resolver, &target.name).await?;
    let region = match by_name(&answers, target) {
        Some(region) => Some(region),
        None if answers.addresses.is_empty() => None,
        None => by_address(resolver, &answers, target).await,
    };
    let addresses = answers.addresses.iter().map(Ipv4Addr::to_string);
    Ok(NameAnswer {
        name: target.name.clone(),
        region: region.map(str::to_owned),
        answers: answers.names.iter().cloned().chain(addresses).collect(),
    })
}

/// A record that points at a region's host names it.
fn by_name<'a>(answers: &Answers, target: &'a Target) -> Option<&'a str> {
    [&target.primary, &target.standby]
        .into_iter()
        .find(|of| answers.leads_to(&of.host))
        .map(|of| of.region.as_str())
}

/// An alias gives nothing but addresses: those of one of the hosts.
async fn by_address<'a>(resolver: &TokioResolver, answers: &Answers, target: &'a Target) -> Option<&'a str> {
    let (primary, standby) = join!(
        look_up(resolver, &target.primary.host),
        look_up(resolver, &target.standby.host)
    );
    let shares = |host: &Result<Answers, CloudError>| {
        host.as_ref()
            .is_ok_and(|host| answers.shares_an_address_with(host))
    };
    match (shares(&primary), shares(&standby)) {
        (true, false) => Some(&target.primary.region),
        (false, true) => Some(&target.standby.region),
        _ => None,
    }
}

async fn look_up(resolver: &TokioResolver, name: &str) -> Result<Answers, CloudError> {
    // With the dot at its end it is not looked for under this machine's own domains.
    let absolute = format!("{}.", name.trim_end_matches('.'));
    let found = match Box::pin(resolver.lookup(absolute, RecordType::A)).await {
        Ok(found) => found,
        Err(error) if error.is_no_records_found() => return Ok(Answers::default()),
        Err(error) => {
            return Err(CloudError::NoAnswer {
                call: "DNS".to_owned(),
                region: "the internet".to_owned(),
                message: format!("{name}: {}", root_cause(&error)),
            });
        }
    };
    let mut answers = Answers::default();
    for record in found.answers() {
        match &record.data {
            RData::CNAME(next) => {
                let next = next.0.to_utf8();
                answers.names.push(next.trim_end_matches('.').to_owned());
            }
            RData::A(address) => answers.addresses.push(address.0),
            _ => {}
        }
    }
    Ok(answers)
}

/// Whether Route 53's checkers call a host healthy.
pub(super) async fn health_check(regional: &Regional, identifier: &str) -> Result<bool, CloudError> {
    const CALL: &str = "Route 53 GetHealthCheckStatus";
    let request = regional
        .route53
        .get_health_check_status()
        .health_check_id(identifier);
    let answer = regional.ask(CALL, request.send()).await?;
    let observations = answer.health_check_observations();
    if observations.is_empty() {
        return Err(regional.no_answer(CALL, "no checker has told anything yet"));
    }
    Ok(is_healthy(observations))
}

fn is_healthy(observations: &[HealthCheckObservation]) -> bool {
    let well = observations.iter().filter(|observation| {
        let report = observation.status_report();
        let status = report.and_then(|report| report.status());
        status.is_some_and(|status| status.starts_with("Success"))
    });
    well.count() * 100 > observations.len() * HEALTHY_SHARE
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::types::StatusReport;

    use super::*;

    fn checkers(well: usize, of: usize) -> Vec<HealthCheckObservation> {
        let observation = |status: &str| {
            let report = StatusReport::builder().status(status).build();
            HealthCheckObservation::builder().status_report(report).build()
        };
        let sick = (well..of).map(|_| observation("Failure: Connection timed out."));
        let well = (0..well).map(|_| observation("Success: HTTP Status Code 200, OK"));
        well.chain(sick).collect()
    }

    #[test]
    fn a_host_is_healthy_while_more_than_18_percent_of_the_checkers_say_so() {
        assert!(is_healthy(&checkers(16, 16)));
        assert!(is_healthy(&checkers(3, 16)));
        assert!(!is_healthy(&checkers(2, 16)));
        assert!(!is_healthy(&checkers(18, 100)));
    }

    #[test]
    fn names_are_compared_without_case_and_addresses_as_sets() {
        let answers = Answers {
            names: vec!["West.app.example.net".to_owned()],
            addresses: vec![Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2)],
        };
        assert!(answers.leads_to("west.app.example.net"));
        assert!(!answers.leads_to("app.example.net"));
        let other = Answers {
            names: Vec::new(),
            addresses: vec![Ipv4Addr::new(10, 0, 0, 2)],
        };
        assert!(answers.shares_an_address_with(&other));
        assert!(!answers.shares_an_address_with(&Answers::default()));
    }
}
