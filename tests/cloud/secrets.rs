//! What is read of secrets: that they are there, in which version, and whether the copy follows. Never what is in them.

use anyhow::{Context, Result, ensure};
use chrono::Utc;
use lifeboat_domain::reading::{SecretPresence, SecretReplica, SecretState};
use lifeboat_dr::{Cloud as _, Target};
use serde_json::{Value, json};

use crate::world::{EAST, WEST, World};

/// Leaves the environment without its replica.
pub(crate) async fn original_and_copy(world: &World) -> Result<()> {
    let target = &world.target;
    let (original, copy) = both(world, target).await?;
    ensure!(
        original.can_be_read() && copy.can_be_read(),
        "{original:?} {copy:?}"
    );
    ensure!(
        original.replica_of.is_none() && copy.replica_of.as_deref() == Some(EAST),
        "{original:?} {copy:?}"
    );
    let replica = original.replica_in(WEST).context("there is no replica")?;
    ensure!(replica.is_in_sync(), "{replica:?}");
    ensure!(original.current_version == copy.current_version, "{copy:?}");
    let changed = copy.changed_at.context("it was never changed")?;
    ensure!((Utc::now() - changed).num_seconds().abs() < 120, "{changed}");

    let secret = json!({ "SecretId": &target.primary.secret_arn, "SecretString": "rotated",
        "ClientRequestToken": "5f0c6d0a-90a4-4c7a-b5f5-0d1c5b6f7a11" });
    call(world, EAST, "PutSecretValue", secret).await?;
    let (rotated, followed) = both(world, target).await?;
    ensure!(rotated.current_version != original.current_version, "{rotated:?}");
    ensure!(
        rotated.current_version == followed.current_version,
        "{followed:?}"
    );

    let regions = json!({ "SecretId": &target.primary.secret_arn, "RemoveReplicaRegions": [WEST] });
    call(world, EAST, "RemoveRegionsFromReplication", regions).await?;
    let (lonely, gone) = both(world, target).await?;
    ensure!(lonely.replicas.is_empty() && lonely.can_be_read(), "{lonely:?}");
    ensure!(gone == SecretState::missing(), "{gone:?}");
    in_its_place(world, &rotated).await
}

/// A secret of its own where the copy was: no replica, and in the way of one.
async fn in_its_place(world: &World, original: &SecretState) -> Result<()> {
    let secret = json!({ "Name": "secret-database-moved", "SecretString": "another" });
    let made = call(world, WEST, "CreateSecret", secret).await?;
    let mut target = world.target.clone();
    let arn = made["ARN"].as_str().context("the secret has no ARN")?;
    arn.clone_into(&mut target.standby.secret_arn);
    let regions =
        json!({ "SecretId": &target.primary.secret_arn, "AddReplicaRegions": [{ "Region": WEST }] });
    call(world, EAST, "ReplicateSecretToRegions", regions).await?;
    let (refused, other) = both(world, &target).await?;
    let replica = refused.replica_in(WEST).context("there is no replica")?;
    let told = |replica: &SecretReplica| {
        replica
            .message
            .as_deref()
            .is_some_and(|m| m.contains("already exists"))
    };
    ensure!(replica.status == "Failed" && told(replica), "{replica:?}");
    ensure!(other.replica_of.is_none() && other.can_be_read(), "{other:?}");
    ensure!(other.current_version != original.current_version, "{other:?}");

    let secret = json!({ "SecretId": arn, "RecoveryWindowInDays": 7 });
    call(world, WEST, "DeleteSecret", secret).await?;
    let deleted = world.cloud.secret(&target, &target.standby).await?;
    ensure!(deleted.presence == SecretPresence::Deleted, "{deleted:?}");
    Ok(())
}

async fn both(world: &World, target: &Target) -> Result<(SecretState, SecretState)> {
    let original = world.cloud.secret(target, &target.primary).await?;
    let copy = world.cloud.secret(target, &target.standby).await?;
    Ok((original, copy))
}

async fn call(world: &World, region: &str, operation: &str, body: Value) -> Result<Value> {
    let target = format!("secretsmanager.{operation}");
    let aws = world.emulator.aws()?;
    aws.json(region, "secretsmanager", &target, &body).await
}
