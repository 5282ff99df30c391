//! Putting the parts together, as the configuration says. The only place that names all of them.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use lifeboat_aws::{AwsCloud, EmulatorFaults, Outside, StsCredentials};
use lifeboat_dr::evidence::PublicKey;
use lifeboat_dr::{Cloud, Faults};
use lifeboat_runner::{Catalog, CredentialSource, Runner, SandboxMode as RunnerSandbox, Settings};
use lifeboat_service::{Portal, PortalParts, ServiceError};
use lifeboat_store::{Artifacts, EncryptionKey, NewAccount, Store};

use crate::config::{AccountConfig, Config, ConfigError, ProcessRole, SandboxMode};

/// The database; its folder is made when it is a file.
pub(super) async fn connect(config: &Config) -> anyhow::Result<Store> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("data_dir: making {}", config.data_dir.display()))?;
    Store::connect(&config.database_url())
        .await
        .context("database_url: connecting to the database")
}

/// The key that seals artefacts.
pub(super) fn key(config: &Config) -> anyhow::Result<EncryptionKey> {
    let text = config.encryption_key()?;
    EncryptionKey::from_base64(&text).map_err(|error| {
        let named = if config.encryption_key.is_some() {
            "encryption_key"
        } else {
            "encryption_key_file"
        };
        ConfigError::one(named, format!("{error}; make a key with `lifeboat key generate`")).into()
    })
}

/// What this portal's evidence packs are verified with.
pub(super) fn evidence_key(config: &Config) -> anyhow::Result<PublicKey> {
    let artifacts = Artifacts::folder(&config.data_dir.join("artifacts"), key(config)?)
        .context("data_dir: opening the folder of artefacts")?;
    Ok(lifeboat_service::evidence_signer(&artifacts).public_key())
}

/// The profiles on offer.
pub(super) fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    Catalog::load(&config.terraform_dir).with_context(|| {
        format!(
            "terraform_dir: loading the profiles in {}",
            config.terraform_dir.display()
        )
    })
}

/// The facade over `store`, with its `ways` into AWS.
pub(super) fn portal(config: &Config, store: Store, ways: Ways) -> anyhow::Result<Portal> {
    let artifacts = Artifacts::folder(&config.data_dir.join("artifacts"), key(config)?)
        .context("data_dir: opening the folder of artefacts")?;
    Ok(Portal::new(PortalParts {
        store,
        artifacts,
        catalog: Arc::new(catalog(config)?),
        credentials: ways.credentials,
        cloud: ways.cloud,
        faults: ways.faults,
    }))
}

/// How a process gets into AWS. A command that only changes rows has no way.
#[derive(Default)]
pub(super) struct Ways {
    /// For runs; none where this process works on none.
    credentials: Option<Arc<dyn CredentialSource>>,
    /// To watch environments and to move roles. The web role needs it, too: for the kill switch, and to abort.
    cloud: Option<Arc<dyn Cloud>>,
    /// For game days.
    faults: Option<Arc<dyn Faults>>,
}

/// The ways of a process that serves.
pub(super) async fn ways(config: &Config) -> anyhow::Result<Ways> {
    let credentials: Arc<dyn CredentialSource> = Arc::new(StsCredentials::from_environment().await);
    let outside = |(name, account): (&String, &AccountConfig)| {
        let outside = Outside {
            dns_server: account.dns_server,
            https_proxy: account.https_proxy.clone(),
            ca_file: account.ca_file.clone(),
        };
        (name.clone(), outside)
    };
    let cloud = AwsCloud::new(credentials.clone(), config.accounts.iter().map(outside).collect())
        .await
        .context("accounts: preparing how environments are watched")?;
    let faults = EmulatorFaults::new().context("preparing how the emulator is asked")?;
    Ok(Ways {
        credentials: config.has_role(ProcessRole::Worker).then_some(credentials),
        cloud: Some(Arc::new(cloud)),
        faults: Some(Arc::new(faults)),
    })
}

/// The facade for a command that only changes rows. The database must be up to date.
pub(super) async fn portal_for_commands(config: &Config) -> anyhow::Result<Portal> {
    let store = connect(config).await?;
    if !store.is_migrated().await.context("reading the database")? {
        return Err(anyhow!(
            "the database lacks migrations; run `lifeboat migrate` first"
        ));
    }
    portal(config, store, Ways::default())
}

/// The configured accounts, as they are stored.
pub(super) fn accounts(config: &Config) -> Vec<NewAccount> {
    let spec = |(name, account): (&String, &AccountConfig)| NewAccount {
        name: name.clone(),
        aws_account_id: account.aws_account_id.clone(),
        plan_role_arn: account.plan_role_arn.clone(),
        apply_role_arn: account.apply_role_arn.clone(),
        operate_role_arn: account.operate_role_arn.clone(),
        external_id: account.external_id.clone(),
        guarded: account.guarded,
        endpoint: account.endpoint.clone(),
    };
    config.accounts.iter().map(spec).collect()
}

/// Terraform in its sandbox, proven.
pub(super) async fn runner(config: &Config) -> anyhow::Result<Runner> {
    let settings = Settings {
        terraform_bin: config.terraform_bin.clone(),
        provider_mirror: config.provider_mirror.clone(),
        sandbox: match config.sandbox {
            SandboxMode::Bubblewrap => RunnerSandbox::Bubblewrap,
            SandboxMode::UnsafeNone => RunnerSandbox::UnsafeNone,
        },
        ..Settings::new(config.data_dir.clone())
    };
    Runner::start(settings)
        .await
        .context("starting Terraform in its sandbox (`lifeboat doctor` says what to do)")
}

/// A refusal of the service in the words of a command line: the fields that are wrong, each on its line.
pub(super) fn told(error: ServiceError) -> anyhow::Error {
    if let ServiceError::Internal { .. } = error {
        return anyhow::Error::new(error);
    }
    let mut text = error.to_string();
    for field in error.field_errors() {
        text.push_str(&format!("\n  {}: {}", field.field, field.message));
    }
    anyhow!(text)
}

/// Memory all runs may use together, bytes.
pub(super) fn memory_budget_bytes(config: &Config) -> u64 {
    const MEGABYTE: u64 = 1024 * 1024;
    match config.memory_budget_mb {
        Some(megabytes) => megabytes * MEGABYTE,
        None => machine_memory_bytes() / 4 * 3,
    }
}

/// What the machine, or the container, has. Half a gigabyte where neither says.
fn machine_memory_bytes() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let machine = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1024);
    let container = read("/sys/fs/cgroup/memory.max").trim().parse::<u64>().ok();
    machine
        .into_iter()
        .chain(container)
        .min()
        .unwrap_or(512 * 1024 * 1024)
}
