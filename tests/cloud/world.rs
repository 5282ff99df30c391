//! An environment as a profile leaves it, as far as the adapter sees it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_ssm::types::ParameterType;
use it::emulator::Emulator;
use it::{Pace, net, places};
use lifeboat_aws::{AwsCloud, Outside, StsCredentials};
use lifeboat_domain::account::Account;
use lifeboat_domain::reading::RegionRole;
use lifeboat_domain::{AccountId, EnvironmentId};
use lifeboat_dr::{Target, TargetRegion};
use serde_json::json;

pub(crate) const EAST: &str = "us-east-1";
pub(crate) const WEST: &str = "us-west-2";
pub(crate) const GLOBAL: &str = "global-moved";
const PASSWORD: &str = "correct-horse-battery";

/// A database engine of the profiles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    MySql,
    PostgreSql,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MySql => "aurora-mysql",
            Self::PostgreSql => "aurora-postgresql",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::MySql => "8.0.mysql_aurora.3.08.2",
            Self::PostgreSql => "16.8",
        }
    }
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) cloud: AwsCloud,
    pub(crate) target: Target,
}

impl World {
    /// An emulator with an environment whose functions never ran.
    pub(crate) async fn start(name: &str, engine: Engine) -> Result<Self> {
        let emulator = Emulator::start(net::free_port()?, &folder(name)?, Pace::Quick).await?;
        let told = emulator.outside().await?;
        let outside = Outside {
            dns_server: Some(told.dns_server.parse()?),
            https_proxy: Some(told.https_proxy),
            ca_file: Some(told.ca_file.into()),
        };
        let account = account(&emulator.url);
        let outside = HashMap::from([(account.name.clone(), outside)]);
        let credentials = Arc::new(StsCredentials::from_environment().await);
        let cloud = AwsCloud::new(credentials, outside).await?;
        let target = target(account);
        let world = Self {
            emulator,
            cloud,
            target,
        };
        Box::pin(world.make_database(engine)).await?;
        world.make_automation().await?;
        world.with_secrets().await
    }

    pub(crate) fn config(&self, region: &str) -> SdkConfig {
        let keys = aws_sdk_rds::config::Credentials::new("test", "test", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(&self.emulator.url)
            .credentials_provider(aws_sdk_rds::config::SharedCredentialsProvider::new(keys))
            .build()
    }

    async fn make_database(&self, engine: Engine) -> Result<()> {
        let east = aws_sdk_rds::Client::new(&self.config(EAST));
        east.create_global_cluster()
            .global_cluster_identifier(GLOBAL)
            .engine(engine.name())
            .engine_version(engine.version())
            .send()
            .await?;
        for of in [&self.target.primary, &self.target.standby] {
            let rds = aws_sdk_rds::Client::new(&self.config(&of.region));
            let cluster = rds
                .create_db_cluster()
                .db_cluster_identifier(&of.cluster_identifier)
                .global_cluster_identifier(GLOBAL)
                .engine(engine.name())
                .engine_version(engine.version())
                .enable_http_endpoint(true);
            let cluster = match of.built_as {
                RegionRole::Primary => cluster
                    .master_username("dbadmin")
                    .master_user_password(PASSWORD)
                    .database_name(&self.target.database),
                RegionRole::Standby => cluster,
            };
            cluster.send().await?;
            rds.create_db_instance()
                .db_instance_identifier(format!("{}-1", of.cluster_identifier))
                .db_cluster_identifier(&of.cluster_identifier)
                .db_instance_class("db.r6g.large")
                .engine(engine.name())
                .send()
                .await?;
        }
        Ok(())
    }

    async fn make_automation(&self) -> Result<()> {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.config(WEST));
        let mut table = dynamodb
            .create_table()
            .table_name(&self.target.state_table)
            .billing_mode(BillingMode::PayPerRequest);
        for (name, kind) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
            let attribute = AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S);
            let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
            table = table
                .attribute_definitions(attribute.build()?)
                .key_schema(key.build()?);
        }
        table.send().await?;
        aws_sdk_ssm::Client::new(&self.config(WEST))
            .put_parameter()
            .name(&self.target.kill_switch)
            .r#type(ParameterType::String)
            .value("armed")
            .allowed_pattern("^(armed|disarmed)$")
            .send()
            .await?;
        Ok(())
    }

    /// The database's credentials, replicated as the profiles do.
    async fn with_secrets(mut self) -> Result<Self> {
        let text = json!({ "username": "dbadmin", "password": PASSWORD }).to_string();
        let body = json!({ "Name": "secret-database-moved", "SecretString": text, "AddReplicaRegions": [{ "Region": WEST }] });
        let call = "secretsmanager.CreateSecret";
        let made = self
            .emulator
            .aws()?
            .json(EAST, "secretsmanager", call, &body)
            .await?;
        let arn = made["ARN"].as_str().context("the secret has no ARN")?;
        self.target.primary.secret_arn = arn.to_owned();
        self.target.standby.secret_arn = arn.replace(EAST, WEST);
        Ok(self)
    }
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = places::state().join("it").join(format!("cloud-{name}"));
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// The role is assumed at the emulator, which gives keys that nobody checks.
fn account(endpoint: &str) -> Account {
    Account {
        id: AccountId::generate(),
        name: "sandbox".to_owned(),
        aws_account_id: "123456789012".to_owned(),
        plan_role_arn: None,
        apply_role_arn: None,
        operate_role_arn: Some("arn:aws:iam::123456789012:role/lifeboat-operate".to_owned()),
        external_id: Some("external-4711".to_owned()),
        guarded: false,
        endpoint: Some(endpoint.to_owned()),
    }
}

fn target(account: Account) -> Target {
    Target {
        environment: EnvironmentId::generate(),
        suffix: "moved".to_owned(),
        account,
        primary: region(EAST, "primary", RegionRole::Primary),
        standby: region(WEST, "secondary", RegionRole::Standby),
        global_cluster: GLOBAL.to_owned(),
        database: "transactions".to_owned(),
        name: "app.example.test".to_owned(),
        state_table: "state-moved".to_owned(),
        kill_switch: "/lifeboat/moved/failover".to_owned(),
        switch_alarm: "standby-takes-over-moved".to_owned(),
        anti_flap_seconds: 3600,
    }
}

fn region(region: &str, word: &str, built_as: RegionRole) -> TargetRegion {
    let cluster_identifier = format!("aurora-{word}-moved");
    TargetRegion {
        cluster_arn: format!("arn:aws:rds:{region}:123456789012:cluster:{cluster_identifier}"),
        region: region.to_owned(),
        built_as,
        cluster_identifier,
        secret_arn: String::new(),
        host: format!("{word}.example.test"),
        health_path: "/health?role=any".to_owned(),
        health_check: String::new(),
        alarm_word: format!("-{word}-moved"),
    }
}
