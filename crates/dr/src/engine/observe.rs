//! The readings that the preconditions are asked of once more, taken now.
//!
//! A forced failover asks only the region that takes over, and waits less for what merely informs. What is not asked stays unread: unknown.

use std::time::Duration;

use chrono::{DateTime, Utc};
use lifeboat_domain::reading::{
    Alarm, ClusterState, Heartbeat, Probe, Reading, Readings, RegionReadings, SecretState,
};

use super::Clock;
use super::turn::within;
use crate::{AlarmRequest, Cloud, CloudError, LagRequest, Target, TargetRegion, readings};

/// What is asked, and how patiently.
pub(super) struct Observer<'a> {
    pub(super) cloud: &'a dyn Cloud,
    pub(super) clock: &'a dyn Clock,
    pub(super) target: &'a Target,
    /// The region that is to write.
    pub(super) to: &'a TargetRegion,
    /// Whether the other region may be asked, too.
    pub(super) both: bool,
}

/// For what the failover cannot begin without: a single silence must not refuse it.
const NEEDED: Patience = Patience {
    tries: 2,
    limit: Duration::from_secs(10),
};
/// For what only informs: it must not eat the time of a forced failover.
const INFORMING: Patience = Patience {
    tries: 1,
    limit: Duration::from_secs(4),
};
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
struct Patience {
    tries: u32,
    limit: Duration,
}

impl Observer<'_> {
    /// Everything, side by side.
    pub(super) async fn readings(&self) -> Readings {
        let mut found = readings::unread(self.target, self.clock.now());
        let (target, to, from) = (self.target, self.to, self.target.other(&self.to.region));
        let (topology, automation, here, there, lag, name) = tokio::join!(
            self.asked(NEEDED, &to.region, || self.cloud.topology(target, &to.region)),
            self.asked(NEEDED, &target.standby.region, || self.cloud.automation(target)),
            self.region(from, self.both),
            self.region(to, true),
            self.lag(),
            self.asked(self.informing(), "", || self.cloud.name(target)),
        );
        found.topology.region.clone_from(&to.region);
        found.topology = took(found.topology, topology);
        found.automation = took(found.automation, automation);
        found.name = took(found.name, name);
        found.lag_seconds = lag;
        for region in &mut found.regions {
            let seen = match region.region == to.region {
                true => &there,
                false => &here,
            };
            seen.clone().put(region);
        }
        found
    }

    /// What informs a forced failover is needed for a lossless one.
    fn informing(&self) -> Patience {
        match self.both {
            true => NEEDED,
            false => INFORMING,
        }
    }

    async fn lag(&self) -> Reading<f64> {
        let request = [LagRequest {
            cluster_identifier: self.to.cluster_identifier.clone(),
            source_region: self.target.other(&self.to.region).region.clone(),
        }];
        let region = &self.to.region;
        let answer = self
            .asked(self.informing(), region, || {
                self.cloud.lags(self.target, region, &request)
            })
            .await;
        let mut reading = readings::unread(self.target, self.clock.now()).lag_seconds;
        reading.region.clone_from(region);
        match answer.map(|(lags, _)| lags.into_iter().next().flatten()) {
            Ok(Some(seen)) => reading.observed(seen.value, seen.at),
            Ok(None) => reading.troubled("no point in the last minutes"),
            Err(error) => reading.troubled(error.to_string()),
        }
    }

    /// What a region says of itself; nothing of one that must not be asked but its heartbeats, which stand in the standby region.
    async fn region(&self, of: &TargetRegion, ask: bool) -> Region {
        let (cloud, target) = (self.cloud, self.target);
        let heartbeat = self.asked(self.informing(), &target.standby.region, || {
            cloud.heartbeat(target, &of.region)
        });
        if !ask {
            return Region {
                heartbeat: heartbeat.await,
                own: None,
            };
        }
        let words = [AlarmRequest {
            word: of.alarm_word.clone(),
        }];
        let (heartbeat, cluster, alarms, secret, probe) = tokio::join!(
            heartbeat,
            self.asked(NEEDED, &of.region, || cloud.cluster(target, of)),
            self.asked(self.informing(), &of.region, || cloud
                .alarms(target, &of.region, &words)),
            self.asked(self.informing(), &of.region, || cloud.secret(target, of)),
            self.probe(of),
        );
        Region {
            heartbeat,
            own: Some(Own {
                cluster,
                alarms,
                secret,
                probe,
            }),
        }
    }

    /// One probe that finds the application ill may have met a hiccup: it is asked once more.
    async fn probe(&self, of: &TargetRegion) -> Answer<Probe> {
        let asked = || async { Ok(self.cloud.probe(self.target, of).await) };
        match self.asked(self.informing(), &of.region, asked).await {
            Ok((probe, at)) if probe.healthy => Ok((probe, at)),
            _ => self.asked(self.informing(), &of.region, asked).await,
        }
    }

    async fn asked<T, F>(&self, patience: Patience, region: &str, work: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let mut left = patience.tries;
        loop {
            left -= 1;
            match within(self.clock, patience.limit, "reading", region, work()).await {
                Ok(value) => return Ok((value, self.clock.now())),
                Err(error) if left == 0 => return Err(error),
                Err(_) => self.clock.sleep(PAUSE).await,
            }
        }
    }
}

type Answer<T> = Result<(T, DateTime<Utc>), CloudError>;
type Alarms = Vec<(usize, Alarm)>;

/// What one region answered.
#[derive(Clone)]
struct Region {
    heartbeat: Answer<Option<Heartbeat>>,
    own: Option<Own>,
}

/// What only a region itself can tell.
#[derive(Clone)]
struct Own {
    cluster: Answer<ClusterState>,
    alarms: Answer<Alarms>,
    secret: Answer<SecretState>,
    probe: Answer<Probe>,
}

impl Region {
    fn put(self, readings: &mut RegionReadings) {
        readings.heartbeat = match self.heartbeat {
            Ok((Some(beat), at)) => readings.heartbeat.clone().observed(beat, at),
            Ok((None, _)) => readings.heartbeat.clone().troubled("it never wrote one"),
            Err(error) => readings.heartbeat.clone().troubled(error.to_string()),
        };
        let Some(own) = self.own else {
            return;
        };
        readings.cluster = took(readings.cluster.clone(), own.cluster);
        let alarms = own
            .alarms
            .map(|(found, at)| (found.into_iter().map(|(_, alarm)| alarm).collect(), at));
        readings.alarms = took(readings.alarms.clone(), alarms);
        readings.secret = took(readings.secret.clone(), own.secret);
        readings.application = took(readings.application.clone(), own.probe);
    }
}

fn took<T>(reading: Reading<T>, answer: Answer<T>) -> Reading<T> {
    match answer {
        Ok((value, at)) => reading.observed(value, at),
        Err(error) => reading.troubled(error.to_string()),
    }
}
