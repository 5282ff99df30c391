//! What a drill must know of the environment, from the profile's outputs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use it::Stack;
use it::load::{Application, Kind, Site};

use super::automation::Automation;
use crate::job::Job;

/// An environment that can be drilled.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    pub(super) application: Application,
    pub(super) global_cluster: String,
    pub(super) automation: Automation,
}

impl Environment {
    /// Reads the outputs.
    pub(super) async fn of(job: &Job, stack: &Stack) -> Result<Self> {
        let outputs = job.asks.outputs(job.id).await?;
        let values: BTreeMap<String, String> = outputs
            .into_iter()
            .filter_map(|output| Some((output.name, output.value?.as_str()?.to_owned())))
            .collect();
        let text = |name: &str| {
            values
                .get(name)
                .cloned()
                .with_context(|| format!("the profile has no output {name}, which a drill needs"))
        };
        let site = |role: &str, secret: &str| -> Result<Site> {
            Ok(Site {
                region: text(&format!("{role}_region"))?,
                host: text(&format!("{role}_endpoint"))?,
                cluster_arn: text(&format!("{role}_cluster_arn"))?,
                secret_arn: text(secret)?,
            })
        };
        Ok(Self {
            application: Application {
                // An environment that takes payments says where; any other has its team's application.
                kind: match values.contains_key("payments_url") {
                    true => Kind::Payments,
                    false => Kind::Rows,
                },
                name: text("application_fqdn")?,
                database: text("database_name")?,
                sites: [
                    site("primary", "database_secret_arn")?,
                    site("secondary", "database_replica_secret_arn")?,
                ],
            },
            global_cluster: text("global_cluster_identifier")?,
            automation: Automation {
                aws: stack.emulator.aws()?,
                region: text("secondary_region")?,
                table: text("state_table_name")?,
                environment: job.suffix.clone(),
            },
        })
    }

    /// Where it stands while all is well.
    pub(super) fn primary(&self) -> &Site {
        &self.application.sites[0]
    }

    /// Where it stands by.
    pub(super) fn standby(&self) -> &Site {
        &self.application.sites[1]
    }
}
