//! The global database and its clusters, as RDS tells them.

mod many;

use std::cmp::Ordering;

use aws_sdk_rds::config::Builder;
use aws_sdk_rds::operation::RequestId as _;
use aws_sdk_rds::types::{DbCluster, DbInstance, Filter, GlobalCluster, GlobalClusterMember};
use lifeboat_domain::reading::{ClusterState, Member, Topology};
use lifeboat_dr::{CloudError, Done, WriterMove};
use tokio::try_join;

pub(super) use self::many::{clusters, topologies};
use super::regional::{Regional, once};

/// What AWS leaves out is not good.
const UNKNOWN: &str = "unknown";

const GLOBAL_CLUSTERS: &str = "RDS DescribeGlobalClusters";
const CLUSTERS: &str = "RDS DescribeDBClusters";
const INSTANCES: &str = "RDS DescribeDBInstances";

/// The global database, as this region's endpoint knows it.
pub(super) async fn topology(regional: &Regional, identifier: &str) -> Result<Topology, CloudError> {
    let request = regional
        .rds
        .describe_global_clusters()
        .global_cluster_identifier(identifier);
    let answer = regional.ask(GLOBAL_CLUSTERS, request.send()).await?;
    let found = answer.global_clusters();
    found
        .iter()
        .find(|cluster| cluster.global_cluster_identifier() == Some(identifier))
        .map(read_topology)
        .ok_or_else(|| no_global_cluster(regional))
}

fn no_global_cluster(regional: &Regional) -> CloudError {
    regional.refused(GLOBAL_CLUSTERS, "GlobalClusterNotFoundFault", "it does not exist")
}

fn read_topology(cluster: &GlobalCluster) -> Topology {
    let members: Vec<Member> = cluster
        .global_cluster_members()
        .iter()
        .filter_map(read_member)
        .collect();
    let mut writers = members.iter().filter(|member| member.is_writer);
    // Of two writers neither is known to be the one.
    let writer_region = match (writers.next(), writers.next()) {
        (Some(one), None) => Some(one.region.clone()),
        _ => None,
    };
    let moving = cluster.failover_state().and_then(|state| state.status());
    let status = moving.map(|status| status.as_str()).or(cluster.status());
    Topology {
        status: status.unwrap_or(UNKNOWN).to_owned(),
        writer_region,
        engine_version: cluster.engine_version().unwrap_or(UNKNOWN).to_owned(),
        members,
    }
}

fn read_member(member: &GlobalClusterMember) -> Option<Member> {
    let cluster_arn = member.db_cluster_arn()?;
    Some(Member {
        region: cluster_arn.split(':').nth(3)?.to_owned(),
        cluster_arn: cluster_arn.to_owned(),
        is_writer: member.is_writer() == Some(true),
        synchronization: member
            .synchronization_status()
            .map(|status| status.as_str().to_owned()),
    })
}

/// A cluster of this region with its instances.
pub(super) async fn cluster(regional: &Regional, identifier: &str) -> Result<ClusterState, CloudError> {
    let clusters = regional
        .rds
        .describe_db_clusters()
        .db_cluster_identifier(identifier);
    let of_cluster = Filter::builder().name("db-cluster-id").values(identifier).build();
    let instances = regional.rds.describe_db_instances().filters(of_cluster);
    let (clusters, instances) = try_join!(
        regional.ask(CLUSTERS, clusters.send()),
        regional.ask(INSTANCES, instances.send()),
    )?;
    match clusters.db_clusters().first() {
        Some(cluster) => Ok(read_cluster(cluster, instances.db_instances())),
        None => Err(no_cluster(regional)),
    }
}

fn no_cluster(regional: &Regional) -> CloudError {
    regional.refused(CLUSTERS, "DBClusterNotFoundFault", "it does not exist")
}

fn read_cluster(cluster: &DbCluster, instances: &[DbInstance]) -> ClusterState {
    let available = instances
        .iter()
        .filter(|instance| instance.db_instance_status() == Some("available"));
    ClusterState {
        status: cluster.status().unwrap_or(UNKNOWN).to_owned(),
        engine_version: cluster.engine_version().unwrap_or(UNKNOWN).to_owned(),
        instances: count(instances.len()),
        available_instances: count(available.count()),
        capacity: capacity(cluster, instances),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The largest instance; serverless ones are as large as the cluster lets them grow.
fn capacity(cluster: &DbCluster, instances: &[DbInstance]) -> String {
    let classes = instances.iter().filter_map(DbInstance::db_instance_class);
    let largest = classes.max_by(|one, other| by_size(one, other));
    let scaling = cluster.serverless_v2_scaling_configuration();
    let acu = scaling.and_then(|scaling| scaling.min_capacity().zip(scaling.max_capacity()));
    match (largest, acu) {
        (Some("db.serverless"), Some((least, most))) => format!("{least} to {most} ACU"),
        (Some(class), _) => class.to_owned(),
        (None, _) => "no instances".to_owned(),
    }
}

/// By the last part of a class, such as `db.r6g.2xlarge`.
fn by_size(one: &str, other: &str) -> Ordering {
    rank(one).cmp(&rank(other)).then_with(|| one.cmp(other))
}

fn rank(class: &str) -> (u8, u32) {
    let size = class.rsplit('.').next().unwrap_or_default();
    match size {
        "micro" => (1, 0),
        "small" => (2, 0),
        "medium" => (3, 0),
        "large" => (4, 0),
        "xlarge" => (5, 1),
        _ => match size.strip_suffix("xlarge").map(str::parse) {
            Some(Ok(times)) => (5, times),
            _ => (0, 0),
        },
    }
}

/// Asks for another writer, once: the SDK must not ask again when the answer is lost.
pub(super) async fn move_writer(
    regional: &Regional,
    global_cluster: &str,
    to_cluster_arn: &str,
    how: WriterMove,
) -> Result<Done, CloudError> {
    let (retries, timeouts) = once();
    let once = Builder::new().retry_config(retries).timeout_config(timeouts);
    let request_id = match how {
        WriterMove::Switchover => {
            let request = regional
                .rds
                .switchover_global_cluster()
                .global_cluster_identifier(global_cluster)
                .target_db_cluster_identifier(to_cluster_arn)
                .customize()
                .config_override(once);
            let answer = regional.ask("RDS SwitchoverGlobalCluster", request.send());
            answer.await?.request_id().map(str::to_owned)
        }
        WriterMove::Forced => {
            let request = regional
                .rds
                .failover_global_cluster()
                .global_cluster_identifier(global_cluster)
                .target_db_cluster_identifier(to_cluster_arn)
                .allow_data_loss(true)
                .customize()
                .config_override(once);
            let answer = regional.ask("RDS FailoverGlobalCluster", request.send());
            answer.await?.request_id().map(str::to_owned)
        }
    };
    Ok(Done { request_id })
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::{FailoverState, FailoverStatus};

    use super::*;

    fn member(region: &str, writes: bool) -> GlobalClusterMember {
        GlobalClusterMember::builder()
            .db_cluster_arn(format!("arn:aws:rds:{region}:1:cluster:x"))
            .is_writer(writes)
            .build()
    }

    fn cluster(members: Vec<GlobalClusterMember>) -> aws_sdk_rds::types::builders::GlobalClusterBuilder {
        GlobalCluster::builder()
            .status("available")
            .set_global_cluster_members(Some(members))
    }

    #[test]
    fn of_two_writers_none_is_known() {
        let both = vec![member("us-east-1", true), member("us-west-2", true)];
        assert_eq!(read_topology(&cluster(both).build()).writer_region, None);
        let one = vec![member("us-east-1", false), member("us-west-2", true)];
        let one = read_topology(&cluster(one).build());
        assert_eq!(one.writer_region.as_deref(), Some("us-west-2"));
    }

    #[test]
    fn a_move_that_is_pending_is_a_move() {
        let pending = FailoverState::builder().status(FailoverStatus::Pending).build();
        let topology = read_topology(&cluster(Vec::new()).failover_state(pending).build());
        assert_eq!(topology.status, "pending");
        assert!(topology.is_moving());
    }

    #[test]
    fn the_largest_instance_is_told() {
        let cluster = DbCluster::builder().build();
        let instances: Vec<DbInstance> = ["db.r6g.2xlarge", "db.r6g.16xlarge", "db.t4g.medium"]
            .into_iter()
            .map(|class| DbInstance::builder().db_instance_class(class).build())
            .collect();
        assert_eq!(capacity(&cluster, &instances), "db.r6g.16xlarge");
        assert_eq!(capacity(&cluster, &[]), "no instances");
    }
}
