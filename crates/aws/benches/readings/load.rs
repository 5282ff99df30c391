//! The portal's side: environments, and the loop that reads them as the monitor does.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use lifeboat_aws::{AwsCloud, Outside};
use lifeboat_domain::account::Account;
use lifeboat_domain::reading::RegionRole;
use lifeboat_domain::{AccountId, EnvironmentId};
use lifeboat_dr::readings::{Answer, Ask, Collector, Watch};
use lifeboat_dr::{Cloud, Target, TargetRegion};
use lifeboat_runner::{CredentialError, CredentialRequest, CredentialSource, Credentials};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::Options;
use crate::lateness::Lateness;
use crate::stub::{Stub, Told};

/// How often the monitor looks for what is due.
const TICK: Duration = Duration::from_millis(250);
/// The name all accounts bear here, so that they share one way outside, as accounts of a portal do.
const ACCOUNT: &str = "bench";
const FOREVER: TimeDelta = TimeDelta::hours(12);

/// What came of it.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// Of the reading thread.
    pub(crate) cpu_seconds: f64,
    /// What arrived at the stub.
    pub(crate) calls: Told,
    pub(crate) answers: u64,
    /// Why readings failed.
    pub(crate) failures: Vec<String>,
    /// Questions that were not answered even once.
    pub(crate) never_asked: usize,
    /// Median, 99 % and most, seconds.
    pub(crate) late: [f64; 3],
    /// The most of each kind of question, seconds.
    pub(crate) latest: BTreeMap<&'static str, f64>,
    pub(crate) shortest_interval: f64,
}

/// Credentials that are good for nothing but a signature.
struct Keys;

#[async_trait]
impl CredentialSource for Keys {
    async fn credentials(&self, _: CredentialRequest<'_>) -> Result<Credentials, CredentialError> {
        Ok(Credentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: "bench".into(),
            session_token: "bench".into(),
            expires_at: Utc::now() + FOREVER,
            role_arn: None,
        })
    }
}

/// Reads until the time is over.
pub(crate) async fn run(options: &Options, stub: &Stub) -> Result<Measured, Box<dyn Error>> {
    let outside = Outside {
        dns_server: Some(stub.dns),
        https_proxy: Some(format!("http://{}", stub.proxy)),
        ca_file: Some(options.certificate.clone()),
    };
    let cloud = AwsCloud::new(Arc::new(Keys), HashMap::from([(ACCOUNT.to_owned(), outside)])).await?;
    let collector = Collector::new(Arc::new(cloud) as Arc<dyn Cloud>);
    let mut reading = Reading::new(options, stub, collector);
    let pace = options.pace.pace();
    let mut late = Lateness::new(pace);
    let warm_up = Duration::from_secs(options.warm_up);
    reading
        .until(warm_up, |answer| {
            late.answered(answer.environment, answer.ask, Instant::now());
        })
        .await;
    let never_asked = options.environments * Ask::ALL.len() - late.questions();

    late.begin();
    stub.counts.clear();
    let (began, cpu) = (Instant::now(), cpu_seconds()?);
    let (mut answers, mut failures) = (0, Vec::new());
    let measured = Duration::from_secs(options.seconds);
    reading
        .until(measured, |answer| {
            answers += 1;
            failures.extend(answer.outcome.as_ref().err().cloned());
            late.answered(answer.environment, answer.ask, Instant::now());
        })
        .await;
    let calls = stub.counts.told();
    let (late, latest) = late.told(Instant::now());
    Ok(Measured {
        seconds: began.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds()? - cpu,
        calls,
        answers,
        failures,
        never_asked,
        late,
        latest,
        shortest_interval: Ask::ALL
            .iter()
            .map(|ask| ask.every(pace).as_secs_f64())
            .fold(f64::INFINITY, f64::min),
    })
}

/// Who is read, and the calls that are under way.
struct Reading {
    environments: Vec<EnvironmentId>,
    watch: Watch,
    collector: Collector,
    jobs: JoinSet<Vec<Answer>>,
}

impl Reading {
    fn new(options: &Options, stub: &Stub, collector: Collector) -> Self {
        let mut reading = Self {
            environments: Vec::new(),
            watch: Watch::default(),
            collector,
            jobs: JoinSet::new(),
        };
        let mut account = AccountId::generate();
        for number in 0..options.environments {
            if number % options.in_an_account == 0 {
                account = AccountId::generate();
            }
            let first = number - number % options.in_an_account;
            let end = options.environments.min(first + options.in_an_account);
            // By its address the stub knows whose databases it lists.
            let target = target(number, account, format!("http://{}/{first}-{end}", stub.aws));
            reading.environments.push(target.environment);
            reading.watch.watch(target, None, Utc::now());
        }
        for id in &reading.environments {
            reading.watch.set_pace(*id, options.pace.pace());
        }
        reading
    }

    /// Reads for so long, and shows every answer.
    async fn until(&mut self, time: Duration, mut shown: impl FnMut(&Answer)) {
        let end = tokio::time::sleep(time);
        tokio::pin!(end);
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut end => return,
                _ = ticks.tick() => {
                    for job in self.watch.due(Utc::now()) {
                        let collector = self.collector.clone();
                        self.jobs.spawn(async move { collector.answer(&job).await });
                    }
                }
                Some(Ok(answers)) = self.jobs.join_next(), if !self.jobs.is_empty() => {
                    for answer in answers {
                        shown(&answer);
                        self.watch.take(answer);
                    }
                }
            }
        }
    }
}

/// What this thread has worked so far, seconds.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let told = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = told.split(' ').next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(nanoseconds).as_secs_f64())
}

fn target(number: usize, account: AccountId, endpoint: String) -> Target {
    let suffix = format!("e{number}");
    Target {
        environment: EnvironmentId::generate(),
        account: Account {
            id: account,
            name: ACCOUNT.to_owned(),
            aws_account_id: "123456789012".to_owned(),
            plan_role_arn: None,
            apply_role_arn: None,
            operate_role_arn: None,
            external_id: None,
            guarded: false,
            endpoint: Some(endpoint),
        },
        primary: region("us-east-1", RegionRole::Primary, &suffix),
        standby: region("us-west-2", RegionRole::Standby, &suffix),
        global_cluster: format!("aurora-global-{suffix}"),
        database: "transactions".to_owned(),
        name: format!("app-{suffix}.bench.test"),
        state_table: format!("dynamodb-failover-state-secondary-{suffix}"),
        kill_switch: format!("/parameter-kill-switch-secondary-{suffix}"),
        switch_alarm: format!("alarm-standby-takes-over-secondary-{suffix}"),
        anti_flap_seconds: 3_600,
        suffix,
    }
}

fn region(region: &str, built_as: RegionRole, suffix: &str) -> TargetRegion {
    let role = match built_as {
        RegionRole::Primary => "primary",
        RegionRole::Standby => "secondary",
    };
    TargetRegion {
        region: region.to_owned(),
        built_as,
        cluster_identifier: format!("aurora-cluster-{role}-{suffix}"),
        cluster_arn: format!("arn:aws:rds:{region}:123456789012:cluster:aurora-cluster-{role}-{suffix}"),
        secret_arn: format!("arn:aws:secretsmanager:{region}:123456789012:secret:{suffix}"),
        host: format!("{role}-{suffix}.bench.test"),
        health_path: "/health".to_owned(),
        health_check: format!("check-{role}-{suffix}"),
        alarm_word: format!("-{role}-{suffix}"),
    }
}
