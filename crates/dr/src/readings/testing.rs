//! For tests: environments. What must not be here: the cloud they stand in.

mod cloud;

use chrono::Utc;
use lifeboat_domain::account::Account;
use lifeboat_domain::environment::Environment;
use lifeboat_domain::reading::{RegionRole, SecretPresence, SecretReplica, SecretState};
use lifeboat_domain::{AccountId, EnvironmentId, TeamId};
use serde_json::json;

pub(crate) use self::cloud::StubCloud;
use crate::{Target, TargetRegion};

pub(crate) const PRIMARY: &str = "us-east-1";
pub(crate) const STANDBY: &str = "us-west-2";

/// An environment in an account of its own.
pub(crate) fn environment(suffix: &str) -> (Environment, Account) {
    let account = account(AccountId::generate());
    let environment = json!({
        "id": EnvironmentId::generate(),
        "suffix": suffix,
        "team": { "id": TeamId::generate(), "name": "ledger" },
        "account_id": account.id,
        "account_name": account.name,
        "profile": "payments",
        "profile_digest": "0".repeat(64),
        "active_region": PRIMARY,
        "standby_region": STANDBY,
        "parameters": { "anti_flap_seconds": 3600 },
        "state": "ready",
        "state_serial": 1,
        "operation": null,
        "created_at": Utc::now(),
        "created_by": "ada",
    });
    (serde_json::from_value(environment).unwrap(), account)
}

fn account(id: AccountId) -> Account {
    let account = json!({
        "id": id,
        "name": "sandbox",
        "aws_account_id": "123456789012",
        "guarded": false,
    });
    serde_json::from_value(account).unwrap()
}

/// What is watched of an environment in `account`.
pub(crate) fn target(account_id: AccountId, suffix: &str) -> Target {
    Target {
        environment: EnvironmentId::generate(),
        suffix: suffix.to_owned(),
        account: account(account_id),
        primary: region(PRIMARY, RegionRole::Primary, "primary", suffix),
        standby: region(STANDBY, RegionRole::Standby, "secondary", suffix),
        global_cluster: format!("global-{suffix}"),
        database: "payments".to_owned(),
        name: format!("api.{suffix}.example"),
        state_table: format!("state-{suffix}"),
        kill_switch: format!("kill-switch-{suffix}"),
        switch_alarm: format!("alarm-standby-takes-over-secondary-{suffix}"),
        anti_flap_seconds: 3600,
    }
}

fn region(region: &str, built_as: RegionRole, role: &str, suffix: &str) -> TargetRegion {
    TargetRegion {
        region: region.to_owned(),
        built_as,
        cluster_identifier: format!("cluster-{role}-{suffix}"),
        cluster_arn: format!("arn:cluster-{role}-{suffix}"),
        secret_arn: format!("arn:secret-{role}-{suffix}"),
        host: format!("{role}.{suffix}.example"),
        health_path: "/health".to_owned(),
        health_check: format!("check-{role}-{suffix}"),
        alarm_word: format!("-{role}-{suffix}"),
    }
}

/// What AWS says of the secret in a region: the original in the one built as primary, its replica in the standby.
pub(crate) fn secret(target: &Target, of: &TargetRegion) -> SecretState {
    let (original, copy) = (&target.primary.region, &target.standby.region);
    let replica = SecretReplica {
        region: copy.clone(),
        status: "InSync".to_owned(),
        message: None,
    };
    let is_original = of.region == *original;
    SecretState {
        presence: SecretPresence::Present,
        current_version: Some("version-1".to_owned()),
        changed_at: Some(Utc::now()),
        replica_of: (!is_original).then(|| original.clone()),
        replicas: is_original.then_some(replica).into_iter().collect(),
    }
}
