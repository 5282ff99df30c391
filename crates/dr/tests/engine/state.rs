//! The state of the simulated world and how it changes by itself.

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_domain::reading::Heartbeat;
use lifeboat_dr::{CloudError, SlotLease, WriterMove};

pub(crate) const PRIMARY: &str = "us-east-1";
pub(crate) const STANDBY: &str = "us-west-2";

/// How long Aurora takes to move the writer, and its cluster then takes to be available.
const MOVE: TimeDelta = TimeDelta::milliseconds(6_300);
const SETTLE: TimeDelta = TimeDelta::milliseconds(1_500);
/// How long the switch's alarm takes to follow the switch, DNS then the alarm, and the former writer the new one.
const ALARM: TimeDelta = TimeDelta::milliseconds(2_900);
const DNS: TimeDelta = TimeDelta::milliseconds(1_300);
const RESYNC: TimeDelta = TimeDelta::milliseconds(5_100);
/// How far the follower is behind.
pub(crate) const LAG: TimeDelta = TimeDelta::milliseconds(1_200);

#[derive(Clone, Copy)]
pub(crate) struct Move {
    pub(crate) to: &'static str,
    pub(crate) how: WriterMove,
    /// Before this nobody can see it.
    shown_at: DateTime<Utc>,
    done_at: DateTime<Utc>,
    /// Aurora gives it up instead of doing it.
    dropped: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    pub(crate) holder: Option<String>,
    pub(crate) token: i64,
    pub(crate) lease_until: Option<DateTime<Utc>>,
    pub(crate) unfinished: bool,
}

pub(crate) struct State {
    pub(crate) now: DateTime<Utc>,
    pub(crate) writer: &'static str,
    pub(crate) moving: Option<Move>,
    moved_at: Option<DateTime<Utc>>,
    /// How often the writer moved.
    pub(crate) moves: u32,
    /// Requests that came while a move was under way.
    pub(crate) doubled: u32,
    /// Moves that Aurora accepts and then gives up.
    pub(crate) to_drop: u32,
    /// How long it takes until a move that was accepted can be seen.
    pub(crate) hidden: TimeDelta,
    pub(crate) slot: Slot,
    pub(crate) thrown: bool,
    pub(crate) name_region: &'static str,
    switched_at: Option<DateTime<Utc>>,
    /// How long the switch's alarm takes.
    pub(crate) alarm_takes: TimeDelta,
    rings: bool,
    /// DNS follows the alarm.
    led_by_switch: bool,
    /// Route 53 calls the primary region's host ill: the name leads away from it by itself.
    pub(crate) check_fails: bool,
    pub(crate) dns_stuck: bool,
    pub(crate) armed: bool,
    pub(crate) quiet_until: Option<DateTime<Utc>>,
    pub(crate) noted: Vec<(bool, DateTime<Utc>)>,
    pub(crate) metrics: Vec<(String, f64)>,
    /// Since when the primary region is dead.
    pub(crate) dead_since: Option<DateTime<Utc>>,
    /// The primary region's heartbeat function died then, and its writer goes on.
    pub(crate) beats_end: Option<DateTime<Utc>>,
    /// How far behind CloudWatch says the follower is, seconds.
    pub(crate) lag_seconds: f64,
    /// Newest heartbeat each region's writer committed.
    pub(crate) committed: Vec<(&'static str, Heartbeat)>,
    /// What of the former writer's arrived.
    pub(crate) arrived: Option<Heartbeat>,
}

pub(crate) fn refused(call: &str, region: &str, code: &str) -> CloudError {
    CloudError::Refused {
        call: call.to_owned(),
        region: region.to_owned(),
        code: code.to_owned(),
        message: "no".to_owned(),
    }
}

impl State {
    pub(crate) fn new(now: DateTime<Utc>, writer: &'static str) -> Self {
        let thrown = writer == STANDBY;
        let mut state = Self {
            now,
            writer,
            moving: None,
            moved_at: None,
            moves: 0,
            doubled: 0,
            to_drop: 0,
            hidden: TimeDelta::zero(),
            slot: Slot::default(),
            thrown,
            name_region: writer,
            switched_at: None,
            alarm_takes: ALARM,
            rings: thrown,
            led_by_switch: thrown,
            check_fails: false,
            dns_stuck: false,
            armed: true,
            quiet_until: None,
            noted: Vec::new(),
            metrics: Vec::new(),
            dead_since: None,
            beats_end: None,
            lag_seconds: LAG.as_seconds_f64(),
            committed: Vec::new(),
            arrived: None,
        };
        state.beat(now);
        state
    }

    /// Lets everything happen that has happened by `now`.
    pub(crate) fn pass(&mut self, now: DateTime<Utc>) {
        self.now = now;
        if let Some(moving) = self.moving.filter(|moving| moving.done_at <= now) {
            self.moving = None;
            self.beat(moving.done_at);
            if !moving.dropped {
                self.arrive(moving);
                self.writer = moving.to;
                self.moves += 1;
                self.moved_at = Some(moving.done_at);
            }
        }
        self.beat(now);
        self.lead(now);
    }

    /// The alarm follows the switch, and DNS the alarm or the failing check.
    fn lead(&mut self, now: DateTime<Utc>) {
        let since = |time| self.switched_at.is_some_and(|at| at + time <= now);
        let (rings, led) = (since(self.alarm_takes), since(self.alarm_takes + DNS));
        if rings {
            self.rings = self.thrown;
        }
        if led {
            self.led_by_switch = self.thrown;
        }
        if !self.dns_stuck {
            let away = self.led_by_switch || self.check_fails;
            self.name_region = if away { STANDBY } else { PRIMARY };
        }
    }

    /// What the alarm behind the switch says.
    pub(crate) fn switch_alarm(&self) -> String {
        if self.rings { "ALARM" } else { "OK" }.to_owned()
    }

    /// The writer wrote a heartbeat each second until then, unless it is dead or holds its writes for a switchover.
    fn beat(&mut self, until: DateTime<Utc>) {
        let lossless = self
            .moving
            .is_some_and(|moving| moving.how == WriterMove::Switchover);
        let ends = [self.dead_since, self.beats_end].into_iter().flatten().min();
        let until = match ends {
            Some(end) if self.writer == PRIMARY => end.min(until),
            _ => until,
        };
        if lossless || self.moved_at.is_some_and(|at| until < at) {
            return;
        }
        let beat = Heartbeat {
            number: until.timestamp(),
            written_at: DateTime::from_timestamp(until.timestamp(), 0).unwrap(),
        };
        self.committed.retain(|(region, _)| *region != self.writer);
        self.committed.push((self.writer, beat));
    }

    /// What of the old writer's had arrived when it lost its role.
    fn arrive(&mut self, moving: Move) {
        let Some(newest) = self.committed_in(self.writer) else {
            return;
        };
        let behind = match moving.how {
            WriterMove::Switchover => TimeDelta::zero(),
            WriterMove::Forced => LAG,
        };
        let lost = (behind.num_milliseconds() + 999) / 1000;
        self.arrived = Some(Heartbeat {
            number: newest.number - lost,
            written_at: newest.written_at - TimeDelta::seconds(lost),
        });
    }

    pub(crate) fn committed_in(&self, region: &str) -> Option<Heartbeat> {
        self.committed
            .iter()
            .find(|(of, _)| *of == region)
            .map(|(_, beat)| *beat)
    }

    /// The move under way, as everybody can see it.
    pub(crate) fn seen_moving(&self) -> Option<WriterMove> {
        self.moving
            .filter(|moving| moving.shown_at <= self.now)
            .map(|moving| moving.how)
    }

    /// Whether the writer's cluster is available again after a move.
    pub(crate) fn settled(&self) -> bool {
        self.moved_at.is_none_or(|at| at + SETTLE <= self.now)
    }

    /// Whether the former writer follows the new one again.
    pub(crate) fn follows(&self) -> bool {
        self.moved_at.is_none_or(|at| at + RESYNC <= self.now) && self.dead_since.is_none()
    }

    pub(crate) fn ask_move(&mut self, to: &'static str, how: WriterMove) -> Result<(), CloudError> {
        let fault = || refused("RDS FailoverGlobalCluster", to, "InvalidGlobalClusterStateFault");
        if self.moving.is_some() {
            self.doubled += 1;
            return Err(fault());
        }
        if self.writer == to || (how == WriterMove::Switchover && self.dead_since.is_some()) {
            return Err(fault());
        }
        let dropped = self.to_drop > 0;
        self.to_drop = self.to_drop.saturating_sub(1);
        self.beat(self.now);
        let shown_at = self.now + self.hidden;
        self.moving = Some(Move {
            to,
            how,
            shown_at,
            done_at: shown_at + MOVE,
            dropped,
        });
        Ok(())
    }

    pub(crate) fn take(&mut self, holder: &str, lease: TimeDelta) -> Result<SlotLease, CloudError> {
        let slot = &mut self.slot;
        let over = slot.lease_until.is_none_or(|until| until < self.now);
        let ours = slot.holder.as_deref() == Some(holder);
        if let Some(other) = slot
            .holder
            .clone()
            .filter(|_| !over || (slot.unfinished && !ours))
        {
            let lease_until = slot.lease_until.unwrap_or(self.now);
            return Err(CloudError::SlotHeld {
                holder: other,
                lease_until,
            });
        }
        slot.holder = Some(holder.to_owned());
        slot.token += 1;
        slot.lease_until = Some(self.now + lease);
        Ok(SlotLease {
            holder: holder.to_owned(),
            token: slot.token,
        })
    }

    fn owns(&self, lease: &SlotLease) -> bool {
        self.slot.holder.as_deref() == Some(lease.holder.as_str()) && self.slot.token == lease.token
    }

    pub(crate) fn renew(&mut self, lease: &SlotLease, time: TimeDelta) -> Result<(), CloudError> {
        if !self.owns(lease) {
            return Err(CloudError::SlotLost);
        }
        self.slot.lease_until = Some(self.now + time);
        self.slot.unfinished = true;
        Ok(())
    }

    pub(crate) fn release(&mut self, lease: &SlotLease) {
        if self.owns(lease) {
            self.slot = Slot {
                token: self.slot.token,
                ..Slot::default()
            };
        }
    }

    pub(crate) fn switch(&mut self, thrown: bool, lease: &SlotLease) -> Result<(), CloudError> {
        if self.slot.token > lease.token {
            return Err(CloudError::SlotLost);
        }
        if self.thrown != thrown {
            self.switched_at = Some(self.now);
        }
        self.thrown = thrown;
        Ok(())
    }
}
