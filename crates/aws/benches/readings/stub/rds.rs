//! RDS (query): the databases of an account, each with two instances in each cluster, in good health.

use super::Counts;

/// The most records of an answer.
const PAGE: usize = 100;

const VERSION: &str = "<EngineVersion>8.0.mysql_aurora.3.10.0</EngineVersion>";

/// The answer to `form`, for the account whose environments `path` tells of: `/<first>-<end>/`. None for what it does not know.
pub(super) fn answer(counts: &Counts, path: &str, form: &str) -> Option<String> {
    match value(form, "Action") {
        "DescribeGlobalClusters" => Some(global_clusters(counts, path, form)),
        "DescribeDBClusters" => {
            let asked = asked_clusters(form);
            counts.came("DescribeDBClusters");
            counts.batched("DescribeDBClusters", asked.len());
            let clusters = asked.iter().map(|identifier| cluster(identifier));
            Some(answered("DescribeDBClusters", "DBClusters", clusters, ""))
        }
        "DescribeDBInstances" => {
            let asked = asked_clusters(form);
            counts.came("DescribeDBInstances");
            counts.batched("DescribeDBInstances", asked.len());
            let instances: Vec<_> = asked.iter().flat_map(|cluster| instances(cluster)).collect();
            let (shown, marker) = page(&instances, form);
            let shown = shown.iter().cloned();
            Some(answered("DescribeDBInstances", "DBInstances", shown, &marker))
        }
        _ => None,
    }
}

/// The one that is asked for, or all of the account.
fn global_clusters(counts: &Counts, path: &str, form: &str) -> String {
    let all: Vec<String> = match value(form, "GlobalClusterIdentifier") {
        "" => environments(path)
            .map(|number| format!("aurora-global-e{number}"))
            .collect(),
        one => vec![one.to_owned()],
    };
    let (shown, marker) = page(&all, form);
    counts.came("DescribeGlobalClusters");
    counts.batched("DescribeGlobalClusters", shown.len());
    let shown = shown.iter().map(|identifier| global_cluster(identifier));
    answered("DescribeGlobalClusters", "GlobalClusters", shown, &marker)
}

fn environments(path: &str) -> std::ops::Range<usize> {
    let told = path.trim_matches('/').split_once('-');
    let range = told.and_then(|(first, end)| Some(first.parse().ok()?..end.parse().ok()?));
    range.unwrap_or_default()
}

fn pairs(form: &str) -> impl Iterator<Item = (&str, &str)> {
    form.split('&').filter_map(|pair| pair.split_once('='))
}

fn value<'f>(form: &'f str, name: &str) -> &'f str {
    let found = pairs(form).find(|(key, _)| *key == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

/// By identifier, or by the values of the filter, which is the only one that is used.
fn asked_clusters(form: &str) -> Vec<&str> {
    let is_identifier =
        |key: &str| key == "DBClusterIdentifier" || key.starts_with("Filters.Filter.1.Values.Value.");
    pairs(form)
        .filter(|(key, _)| is_identifier(key))
        .map(|(_, value)| value)
        .collect()
}

/// The page that is asked for, and the marker of the one after it: where that begins.
fn page<'a, T>(all: &'a [T], form: &str) -> (&'a [T], String) {
    let begin = value(form, "Marker").parse().unwrap_or(0).min(all.len());
    let end = (begin + PAGE).min(all.len());
    let more = end < all.len();
    let marker = more.then(|| format!("<Marker>{end}</Marker>"));
    (&all[begin..end], marker.unwrap_or_default())
}

fn answered(operation: &str, list: &str, records: impl Iterator<Item = String>, marker: &str) -> String {
    let records: String = records.collect();
    format!(
        r#"<{operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><{operation}Result>{marker}<{list}>{records}</{list}></{operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"#
    )
}

fn global_cluster(identifier: &str) -> String {
    let suffix = identifier.rsplit('-').next().unwrap_or_default();
    let member = |region: &str, role: &str, writes: bool| {
        format!(
            "<GlobalClusterMember><DBClusterArn>arn:aws:rds:{region}:123456789012:cluster:aurora-cluster-{role}-{suffix}</DBClusterArn><IsWriter>{writes}</IsWriter><SynchronizationStatus>connected</SynchronizationStatus></GlobalClusterMember>"
        )
    };
    format!(
        "<GlobalClusterMember><GlobalClusterIdentifier>{identifier}</GlobalClusterIdentifier><Status>available</Status><Engine>aurora-mysql</Engine>{VERSION}<GlobalClusterMembers>{}{}</GlobalClusterMembers></GlobalClusterMember>",
        member("us-east-1", "primary", true),
        member("us-west-2", "secondary", false)
    )
}

fn cluster(identifier: &str) -> String {
    format!(
        "<DBCluster><DBClusterIdentifier>{identifier}</DBClusterIdentifier><Status>available</Status>{VERSION}<ServerlessV2ScalingConfiguration><MinCapacity>2</MinCapacity><MaxCapacity>16</MaxCapacity></ServerlessV2ScalingConfiguration></DBCluster>"
    )
}

fn instances(cluster: &str) -> [String; 2] {
    [1, 2].map(|number| {
        format!(
            "<DBInstance><DBInstanceIdentifier>{cluster}-{number}</DBInstanceIdentifier><DBClusterIdentifier>{cluster}</DBClusterIdentifier><DBInstanceStatus>available</DBInstanceStatus><DBInstanceClass>db.serverless</DBInstanceClass></DBInstance>"
        )
    })
}
