//! Sample values: one of each noun, to be varied with struct update. Shared with the tests, hence the paths.

#[path = "samples/environment.rs"]
mod environment_samples;
#[path = "samples/failover.rs"]
mod failover_samples;
#[path = "samples/plan.rs"]
mod plan_samples;
#[path = "samples/profile.rs"]
mod profile_samples;
#[path = "samples/reading.rs"]
mod reading_samples;
#[path = "samples/run.rs"]
mod run_samples;

use chrono::{DateTime, TimeDelta, Utc};
use lifeboat_app::model::Frame;
use lifeboat_domain::account::Account;
use lifeboat_domain::person::{Membership, Principal, Team, User};
use lifeboat_domain::role::Role;
use lifeboat_domain::{AccountId, Digest, TeamId, UserId};
use uuid::Uuid;

pub(crate) use environment_samples::*;
pub(crate) use failover_samples::*;
pub(crate) use plan_samples::*;
pub(crate) use profile_samples::*;
pub(crate) use reading_samples::*;
pub(crate) use run_samples::*;

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("in range")
}

pub(crate) fn ago(seconds: i64) -> DateTime<Utc> {
    now() - TimeDelta::seconds(seconds)
}

pub(crate) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub(crate) fn team() -> Team {
    Team {
        id: TeamId(uuid(1)),
        name: "ledger".into(),
    }
}

pub(crate) fn user() -> User {
    User {
        id: UserId(uuid(2)),
        login: "rosa".into(),
        display_name: "Rosa Lind".into(),
        is_admin: false,
        created_at: ago(9_000_000),
    }
}

pub(crate) fn frame() -> Frame {
    let membership = Membership {
        team: team(),
        roles: Role::ALL.into(),
    };
    Frame {
        principal: Some(Principal {
            user: user(),
            memberships: vec![membership],
            token: None,
        }),
        approvals_waiting: 2,
        failovers_open: 1,
        now: now(),
        unsandboxed: false,
        notice: None,
    }
}

pub(crate) fn account() -> Account {
    Account {
        id: AccountId(uuid(3)),
        name: "sandbox".into(),
        aws_account_id: "123456789012".into(),
        plan_role_arn: None,
        apply_role_arn: None,
        operate_role_arn: None,
        external_id: None,
        guarded: true,
        endpoint: Some("http://127.0.0.1:5000".into()),
    }
}

pub(crate) fn digest(seed: &str) -> Digest {
    Digest::of(seed.as_bytes())
}
