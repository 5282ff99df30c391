//! A profile planned without a portal: what a person would do by hand against the emulator.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::sh::Cmd;
use lifeboat_domain::parameter::ParameterValues;

use super::{Terraform, workspace};

/// An initialised folder of a profile with its parameters.
pub(crate) struct Bare {
    terraform: Terraform,
    folder: PathBuf,
    emulator_url: String,
}

impl Bare {
    /// Copies the clone's `terraform/` to `copy` and initialises `profile` there.
    pub(crate) fn prepare(
        copy: &Path,
        profile: &str,
        parameters: &ParameterValues,
        emulator_url: &str,
    ) -> Result<Self> {
        let folder = workspace::profile_with_local_state(&workspace::copy(copy)?, profile)?;
        let values = serde_json::to_vec_pretty(parameters).context("writing the parameters")?;
        std::fs::write(folder.join("terraform.tfvars.json"), values).context("writing the parameters")?;
        let terraform = Terraform::find()?;
        let bare = Self {
            terraform,
            folder,
            emulator_url: emulator_url.to_owned(),
        };
        bare.command(["init", "-no-color"])
            .read()
            .context("initialising the profile")?;
        Ok(bare)
    }

    /// `terraform plan -out` and `terraform show -json`: the plan as Terraform's JSON.
    pub(crate) fn plan(&self) -> Result<String> {
        self.command(["plan", "-no-color", "-out=tfplan"])
            .read()
            .context("planning")?;
        self.command(["show", "-json", "-no-color", "tfplan"])
            .read()
            .context("showing the plan")
    }

    fn command<const N: usize>(&self, arguments: [&str; N]) -> Cmd {
        self.terraform
            .command(&self.folder, arguments)
            .env("AWS_ENDPOINT_URL", &self.emulator_url)
            // The emulator checks no credentials, but the provider insists on some.
            .env("AWS_ACCESS_KEY_ID", "sandbox")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .without_env("AWS_SESSION_TOKEN")
    }
}
