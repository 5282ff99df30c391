//! The databases of many environments of one account, in as few questions as RDS lets. What must not be here: what an answer means.
//!
//! AWS throttles RDS's questions for an account as a whole, and the team's own tools ask as well: 50 environments that are asked about one
//! by one would take what all of them share.

use std::collections::HashMap;

use aws_sdk_rds::types::{DbCluster, DbInstance, Filter, GlobalCluster};
use lifeboat_domain::reading::{ClusterState, Topology};
use lifeboat_dr::CloudError;
use tokio::try_join;

use super::{
    CLUSTERS, GLOBAL_CLUSTERS, INSTANCES, no_cluster, no_global_cluster, read_cluster, read_topology,
};
use crate::cloud::regional::Regional;

/// The most records RDS tells in one answer.
const PAGE: i32 = 100;

/// Clusters that are asked for at once. RDS names no limit to the values of a filter; the instances of so many, two each, are one page.
const AT_ONCE: usize = 50;

/// The clusters of this region with these identifiers, an outcome for each. That one is missing is known of that one only: what a filter
/// names and RDS does not have is left out of the answer.
pub(in crate::cloud) async fn clusters(
    regional: &Regional,
    identifiers: &[&str],
) -> Vec<Result<ClusterState, CloudError>> {
    let mut found = Vec::with_capacity(identifiers.len());
    for identifiers in identifiers.chunks(AT_ONCE) {
        match at_once(regional, identifiers).await {
            Ok(clusters) => found.extend(clusters),
            Err(error) => found.extend(identifiers.iter().map(|_| Err(error.clone()))),
        }
    }
    found
}

async fn at_once(
    regional: &Regional,
    identifiers: &[&str],
) -> Result<Vec<Result<ClusterState, CloudError>>, CloudError> {
    let values = identifiers.iter().map(|&identifier| identifier.to_owned());
    let wanted = Filter::builder()
        .name("db-cluster-id")
        .set_values(Some(values.collect()))
        .build();
    let (clusters, instances) = try_join!(
        described_clusters(regional, &wanted),
        described_instances(regional, &wanted)
    )?;
    let clusters: HashMap<String, DbCluster> = clusters
        .into_iter()
        .filter_map(|cluster| Some((key(cluster.db_cluster_identifier()?), cluster)))
        .collect();
    let mut members: HashMap<String, Vec<DbInstance>> = HashMap::new();
    for instance in instances {
        if let Some(identifier) = instance.db_cluster_identifier() {
            members.entry(key(identifier)).or_default().push(instance);
        }
    }
    let read = |identifier: &&str| {
        let key = key(identifier);
        let cluster = clusters.get(&key).ok_or_else(|| no_cluster(regional))?;
        let instances = members.get(&key).map(Vec::as_slice).unwrap_or_default();
        Ok(read_cluster(cluster, instances))
    };
    Ok(identifiers.iter().map(read).collect())
}

/// RDS keeps identifiers in lower case, however they were given.
fn key(identifier: &str) -> String {
    identifier.to_ascii_lowercase()
}

async fn described_clusters(regional: &Regional, wanted: &Filter) -> Result<Vec<DbCluster>, CloudError> {
    let (mut found, mut page) = (Vec::new(), None);
    loop {
        let request = regional
            .rds
            .describe_db_clusters()
            .filters(wanted.clone())
            .max_records(PAGE)
            .set_marker(page);
        let answer = regional.ask(CLUSTERS, request.send()).await?;
        page = next(answer.marker());
        found.extend(answer.db_clusters.unwrap_or_default());
        if page.is_none() {
            return Ok(found);
        }
    }
}

async fn described_instances(regional: &Regional, wanted: &Filter) -> Result<Vec<DbInstance>, CloudError> {
    let (mut found, mut page) = (Vec::new(), None);
    loop {
        let request = regional
            .rds
            .describe_db_instances()
            .filters(wanted.clone())
            .max_records(PAGE)
            .set_marker(page);
        let answer = regional.ask(INSTANCES, request.send()).await?;
        page = next(answer.marker());
        found.extend(answer.db_instances.unwrap_or_default());
        if page.is_none() {
            return Ok(found);
        }
    }
}

/// The global databases with these identifiers, as this region's endpoint knows them, an outcome for each.
///
/// DescribeGlobalClusters takes one identifier or none; its only filter is a member's region. So more than one are found in the list of
/// all, which every region tells alike: the one that is asked is the one whose answer is wanted when the other is dead. Foreign ones are
/// in the list, too, but few: an account may have 40 Aurora clusters in a region until its quota is raised, and a page tells of 100.
pub(in crate::cloud) async fn topologies(
    regional: &Regional,
    identifiers: &[&str],
) -> Vec<Result<Topology, CloudError>> {
    if let [one] = identifiers {
        return vec![super::topology(regional, one).await];
    }
    match listed(regional, identifiers).await {
        Ok(found) => {
            let read = |identifier: &&str| {
                let cluster = found.get(*identifier).map(read_topology);
                cluster.ok_or_else(|| no_global_cluster(regional))
            };
            identifiers.iter().map(read).collect()
        }
        Err(error) => vec![Err(error); identifiers.len()],
    }
}

/// Those of `wanted` that there are. Pages are turned no further than to the last of them.
async fn listed(regional: &Regional, wanted: &[&str]) -> Result<HashMap<String, GlobalCluster>, CloudError> {
    let (mut found, mut page) = (HashMap::new(), None);
    loop {
        let request = regional
            .rds
            .describe_global_clusters()
            .max_records(PAGE)
            .set_marker(page);
        let answer = regional.ask(GLOBAL_CLUSTERS, request.send()).await?;
        page = next(answer.marker());
        for cluster in answer.global_clusters.unwrap_or_default() {
            if let Some(identifier) = cluster.global_cluster_identifier()
                && wanted.contains(&identifier)
            {
                found.insert(identifier.to_owned(), cluster);
            }
        }
        if page.is_none() || found.len() == wanted.len() {
            return Ok(found);
        }
    }
}

/// An empty marker ends a list like none.
fn next(marker: Option<&str>) -> Option<String> {
    marker.filter(|marker| !marker.is_empty()).map(str::to_owned)
}
