//! The rules against the resources that the profiles really make: `plans/` holds those of their plans that rules speak of, with what
//! a plan knows of them. `cargo xtask test terraform` says when the profiles have moved on, and writes them anew.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::*;

/// The sources in which rules name types.
const SOURCES: [&str; 2] = [include_str!("../rules.rs"), include_str!("../class.rs")];

/// What [`class`] finds.
const CLASS: [&str; 7] = [
    "A region is left without a database instance",
    "Clients would keep the old answer for too long",
    "A failover could lose more than the RPO by itself",
    "No failover happens by itself any more",
    "The lag's alarm would ring too late",
    "The standby has fewer instances",
    "The standby would be smaller than the writer",
];

/// What cannot happen to a profile: it has aliases, which have no TTL.
const IMPOSSIBLE: [(&str, &str); 1] = [("payments", "Clients would keep the old answer for too long")];

/// What a first plan does not know yet, or what only a later one changes: kind, path, before and after.
const LATER: &str = r#"
aws_rds_cluster; replication_source_identifier; "arn"; null
aws_lambda_function; environment[0].variables.LAG_LIMIT_SECONDS; "60"; "6000"
aws_cloudwatch_event_rule; event_pattern; "Region Unhealthy"; "Failover Requested"
aws_cloudwatch_metric_alarm; alarm_actions; ["arn"]; []
aws_route53_record; health_check_id; "a"; "b"
aws_route53_record; records; ["a"]; ["b"]
"#;

#[derive(Deserialize)]
struct Resource {
    address: String,
    region: String,
    #[serde(default)]
    values: BTreeMap<String, Value>,
}

struct Profile {
    name: &'static str,
    roles: Roles<'static>,
    resources: Vec<Resource>,
}

fn profiles() -> [Profile; 2] {
    [
        profile(
            "transactions",
            WEST,
            300,
            60,
            include_str!("plans/transactions.json"),
        ),
        profile(
            "payments",
            "us-east-2",
            900,
            300,
            include_str!("plans/payments.json"),
        ),
    ]
}

fn profile(name: &'static str, standby: &'static str, rto: u32, rpo: u32, plan: &str) -> Profile {
    let resources: Vec<Resource> = serde_json::from_str(plan).unwrap();
    let mut instances = BTreeMap::new();
    for resource in resources
        .iter()
        .filter(|it| it.address.contains(".aws_rds_cluster_instance."))
    {
        *instances.entry(resource.region.clone()).or_default() += 1;
    }
    let roles = Roles {
        standby,
        rto_seconds: Some(rto),
        rpo_seconds: Some(rpo),
        instances,
        ..roles()
    };
    Profile {
        name,
        roles,
        resources,
    }
}

impl Profile {
    /// The roles after a failover.
    fn swapped(&self) -> Roles<'static> {
        Roles {
            active: self.roles.standby,
            standby: self.roles.active,
            ..self.roles.clone()
        }
    }

    /// The only resource of that kind and name in that region.
    fn one<'a>(&'a self, resource: &'a str, region: &str) -> &'a Resource {
        let mut found = self.all(resource).filter(|it| it.region == region);
        let one = found
            .next()
            .unwrap_or_else(|| panic!("{} has no {resource} in {region}", self.name));
        assert_eq!(found.count(), 0, "{}: another {resource} in {region}", self.name);
        one
    }

    /// Every resource of that kind and name.
    fn all<'a>(&'a self, resource: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |it| {
            let own = it.address.split('[').next().unwrap();
            own.strip_suffix(resource)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                || it.address.contains(&format!(".{resource}["))
        })
    }
}

impl Resource {
    fn kind(&self) -> &str {
        self.address
            .split('.')
            .find(|part| part.starts_with("aws_"))
            .unwrap()
    }

    fn goes(&self, action: Action) -> ResourceChange {
        change(&self.address, &self.region, action, &[])
    }

    /// It changes in place; what the plan knows of it is what it was.
    fn becomes(&self, path: &str, after: Value) -> ResourceChange {
        let before = self.values.get(path).cloned();
        let before = before.unwrap_or_else(|| panic!("{} has no {path}", self.address));
        self.changes(path, before, after)
    }

    fn changes(&self, path: &str, before: Value, after: Value) -> ResourceChange {
        change(
            &self.address,
            &self.region,
            Action::Update,
            &[(path, before, after)],
        )
    }

    /// Everything that may happen to it, one thing at a time.
    fn fates(&self) -> Vec<ResourceChange> {
        let mut fates = [Action::Delete, Action::Replace, Action::Forget]
            .map(|action| self.goes(action))
            .to_vec();
        for (path, value) in &self.values {
            fates.extend(others(value).into_iter().map(|other| self.becomes(path, other)));
        }
        for line in LATER.trim().lines() {
            let mut columns = line.split("; ");
            let (kind, path) = (columns.next().unwrap(), columns.next().unwrap());
            let mut value = || serde_json::from_str(columns.next().unwrap()).unwrap();
            if kind == self.kind() {
                fates.push(self.changes(path, value(), value()));
            }
        }
        fates
    }
}

/// Values of the same type that differ.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(yes) => vec![json!(!yes)],
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            vec![json!(number * 10.0), json!((number / 10.0).floor()), json!(0)]
        }
        Value::String(_) => vec![json!("other"), json!("DISABLED")],
        _ => vec![json!([])],
    }
}

/// The addresses of the finding of that title; empty when there is none.
fn addresses(changes: Vec<ResourceChange>, roles: &Roles<'_>, title: &str) -> Vec<String> {
    let found = assess(&plan(changes), RunKind::Update, roles);
    let of_title = found.into_iter().filter(|impact| impact.title == title);
    of_title.flat_map(|impact| impact.addresses).collect()
}

#[test]
fn every_rule_finds_what_it_looks_for_in_every_profile() {
    for profile in profiles() {
        let fates = profile.resources.iter().flat_map(Resource::fates);
        let reached: BTreeSet<String> = fates
            .flat_map(|fate| found(vec![fate], &profile.roles))
            .chain(found(standby_instances_go(&profile), &profile.roles))
            .map(|(_, title)| title)
            .collect();
        let titles = rules::RULES.iter().map(|rule| rule.title).chain(CLASS);
        for title in titles {
            let possible = !IMPOSSIBLE.contains(&(profile.name, title));
            assert_eq!(reached.contains(title), possible, "{}: {title}", profile.name);
        }
    }
}

#[test]
fn every_type_that_rules_name_is_made_by_a_profile() {
    let profiles = profiles();
    let made: BTreeSet<&str> = profiles
        .iter()
        .flat_map(|profile| profile.resources.iter().map(Resource::kind))
        .collect();
    let named: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split('"'))
        .filter(|text| text.starts_with("aws_"))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    assert_eq!(named.difference(&made).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn the_first_plan_and_an_unchanged_one_find_nothing() {
    for profile in profiles() {
        let all = profile
            .resources
            .iter()
            .map(|resource| resource.goes(Action::Create));
        assert_eq!(found(all.collect(), &profile.roles), [], "{}", profile.name);
        assert_eq!(found(Vec::new(), &profile.swapped()), [], "{}", profile.name);
    }
}

#[test]
fn a_plan_that_turns_the_roles_back_is_found_by_its_cluster() {
    const TURNED: &str = "The roles of the two clusters would be turned";
    for profile in profiles() {
        let standby = profile.one("aws_rds_cluster.this", profile.roles.standby);
        for (path, before, after) in [
            ("replication_source_identifier", json!("arn"), Value::Null),
            ("global_cluster_identifier", json!("global"), Value::Null),
            ("source_region", json!(EAST), json!(profile.roles.standby)),
        ] {
            let turned = vec![standby.changes(path, before, after)];
            let found = addresses(turned.clone(), &profile.swapped(), TURNED);
            assert_eq!(found, [standby.address.as_str()], "{}: {path}", profile.name);
            let impact = assess(&plan(turned), RunKind::Update, &profile.swapped());
            assert!(refusal(&impact, true).unwrap().contains(TURNED));
            assert_eq!(refusal(&impact, false), None, "people decide on open accounts");
        }
    }
}

#[test]
fn a_plan_that_touches_the_writer_is_found_by_the_roles_of_now() {
    for profile in profiles() {
        let (home, away) = (&profile.roles, &profile.swapped());
        let built_standby = || {
            vec![
                profile
                    .one("aws_rds_cluster.this", home.standby)
                    .goes(Action::Replace),
            ]
        };
        let writes = "The database that writes is destroyed or replaced";
        let follows = "The standby's database is destroyed or replaced";
        assert_eq!(
            addresses(built_standby(), away, writes).len(),
            1,
            "{}",
            profile.name
        );
        assert_eq!(
            addresses(built_standby(), away, follows).len(),
            0,
            "{}",
            profile.name
        );
        assert_eq!(
            addresses(built_standby(), home, follows).len(),
            1,
            "{}",
            profile.name
        );
        assert_eq!(
            addresses(built_standby(), home, writes).len(),
            0,
            "{}",
            profile.name
        );
    }
}

#[test]
fn the_global_database_is_known_in_its_module() {
    const ADDRESS: &str = "module.global_database.aws_rds_global_cluster.this";
    for profile in profiles() {
        let global = profile.one("aws_rds_global_cluster.this", EAST);
        let gone = addresses(
            vec![global.goes(Action::Delete)],
            &profile.roles,
            "The global database is removed or made anew",
        );
        assert_eq!(gone, [ADDRESS], "{}", profile.name);
        let altered = vec![global.becomes("engine_version", json!("99.0"))];
        let altered = addresses(altered, &profile.roles, "The global database is altered");
        assert_eq!(altered, [ADDRESS], "{}", profile.name);
    }
}

fn standby_instances_go(profile: &Profile) -> Vec<ResourceChange> {
    let all = profile.all("aws_rds_cluster_instance.this");
    let standing_by = all.filter(|instance| instance.region == profile.roles.standby);
    standing_by
        .map(|instance| instance.goes(Action::Delete))
        .collect()
}

#[test]
fn a_standby_that_loses_its_instances_breaks_the_rto() {
    for profile in profiles() {
        let gone = standby_instances_go(&profile);
        assert_eq!(gone.len(), 2, "{}", profile.name);
        let some = found(gone[..1].to_vec(), &profile.roles);
        assert_eq!(
            some,
            [(Severity::Informs, "The standby has fewer instances".to_owned())]
        );
        let impact = assess(&plan(gone), RunKind::Update, &profile.roles);
        assert_eq!(impact[0].title, "A region is left without a database instance");
        let rto = format!("the RTO of {} s", profile.roles.rto_seconds.unwrap());
        assert!(impact[0].detail.contains(&rto), "{}", impact[0].detail);
    }
}

#[test]
fn an_alarm_that_guards_the_rpo_may_not_ring_later_and_another_may() {
    const LATE: &str = "The lag's alarm would ring too late";
    for profile in profiles() {
        let rpo = f64::from(profile.roles.rpo_seconds.unwrap()) * 1000.0;
        let (mut guards, mut others) = (0, 0);
        for alarm in profile.all("aws_cloudwatch_metric_alarm.lag") {
            let limit = alarm.values["threshold"].as_f64().unwrap();
            let later = addresses(
                vec![alarm.becomes("threshold", json!(rpo * 2.0))],
                &profile.roles,
                LATE,
            );
            let sooner = addresses(
                vec![alarm.becomes("threshold", json!(limit * 0.9))],
                &profile.roles,
                LATE,
            );
            assert_eq!(sooner, Vec::<String>::new(), "{} rings sooner", alarm.address);
            match limit <= rpo {
                true => {
                    guards += 1;
                    assert_eq!(later, [alarm.address.as_str()]);
                }
                false => {
                    others += 1;
                    assert_eq!(later, Vec::<String>::new(), "{} never guarded it", alarm.address);
                }
            }
        }
        assert!(
            guards >= 4,
            "{}: {guards} guard it, {others} do not",
            profile.name
        );
    }
}

#[test]
fn proofs_of_names_are_not_the_name_that_fails_over() {
    let [_, payments] = profiles();
    let proofs: Vec<_> = payments.all("aws_route53_record.validation").collect();
    assert_eq!(proofs.len(), 3);
    for proof in proofs {
        assert_eq!(
            found(vec![proof.goes(Action::Delete)], &payments.roles),
            [],
            "{}",
            proof.address
        );
        assert_eq!(
            found(vec![proof.becomes("ttl", json!(3600))], &payments.roles),
            []
        );
    }
}
