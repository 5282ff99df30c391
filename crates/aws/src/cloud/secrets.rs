//! Secrets Manager: what it says of a secret. What must not be here: reading what is in one.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::ReplicationStatusType;
use chrono::DateTime;
use lifeboat_domain::reading::{SecretPresence, SecretReplica, SecretState};
use lifeboat_dr::CloudError;

use super::regional::Regional;

const CALL: &str = "Secrets Manager DescribeSecret";
/// The code for a secret that is not there.
const MISSING: &str = "ResourceNotFoundException";
/// The label of the version in force.
const CURRENT: &str = "AWSCURRENT";

/// What is said of the secret `arn`; that there is none is an answer.
pub(super) async fn describe(regional: &Regional, arn: &str) -> Result<SecretState, CloudError> {
    let request = regional.secretsmanager.describe_secret().secret_id(arn);
    match regional.ask(CALL, request.send()).await {
        Ok(answer) => Ok(state(&answer, &regional.region)),
        Err(CloudError::Refused { code, .. }) if code == MISSING => Ok(SecretState::missing()),
        Err(error) => Err(error),
    }
}

fn state(answer: &DescribeSecretOutput, region: &str) -> SecretState {
    let presence = match answer.deleted_date() {
        Some(_) => SecretPresence::Deleted,
        None => SecretPresence::Present,
    };
    let changed = answer.last_changed_date();
    // A secret with replicas names its own region.
    let replica_of = answer.primary_region().filter(|primary| *primary != region);
    SecretState {
        presence,
        current_version: current_version(answer),
        changed_at: changed.and_then(|at| DateTime::from_timestamp(at.secs(), at.subsec_nanos())),
        replica_of: replica_of.map(str::to_owned),
        replicas: answer.replication_status().iter().filter_map(replica).collect(),
    }
}

fn current_version(answer: &DescribeSecretOutput) -> Option<String> {
    let versions = answer.version_ids_to_stages()?;
    let mut versions = versions.iter();
    let current = versions.find(|(_, labels)| labels.iter().any(|label| label == CURRENT));
    current.map(|(id, _)| id.clone())
}

fn replica(status: &ReplicationStatusType) -> Option<SecretReplica> {
    Some(SecretReplica {
        region: status.region()?.to_owned(),
        status: status.status()?.as_str().to_owned(),
        message: status.status_message().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::primitives::DateTime as Moment;
    use aws_sdk_secretsmanager::types::StatusType;

    use super::*;

    #[test]
    fn the_version_in_force_is_the_one_with_the_label() {
        let answer = DescribeSecretOutput::builder()
            .version_ids_to_stages("old", vec!["AWSPREVIOUS".to_owned()])
            .version_ids_to_stages("next", vec!["AWSPENDING".to_owned()])
            .version_ids_to_stages("now", vec!["mine".to_owned(), CURRENT.to_owned()])
            .build();
        let state = state(&answer, "us-east-1");
        assert_eq!(state.current_version.as_deref(), Some("now"));
        assert!(state.can_be_read());
    }

    #[test]
    fn an_original_names_its_own_region_and_a_replica_another() {
        let status = ReplicationStatusType::builder()
            .region("us-west-2")
            .status(StatusType::InSync)
            .build();
        let answer = DescribeSecretOutput::builder()
            .primary_region("us-east-1")
            .replication_status(status)
            .build();
        let original = state(&answer, "us-east-1");
        assert_eq!(original.replica_of, None);
        assert!(original.replica_in("us-west-2").unwrap().is_in_sync());
        assert_eq!(
            state(&answer, "us-west-2").replica_of.as_deref(),
            Some("us-east-1")
        );
    }

    #[test]
    fn a_deleted_one_is_not_to_be_read_until_it_is_restored() {
        let answer = DescribeSecretOutput::builder()
            .deleted_date(Moment::from_secs(1_800_000_000))
            .version_ids_to_stages("now", vec![CURRENT.to_owned()])
            .build();
        let state = state(&answer, "us-east-1");
        assert_eq!(state.presence, SecretPresence::Deleted);
        assert!(!state.can_be_read());
    }
}
