//! The Terraform binary: where it is, what version it says it is, and the CLI configuration it gets from us.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lifeboat_domain::attestation::Limits;
use serde::Deserialize;

use crate::child::{self, Collected, Rules};
use crate::error::RunnerError;
use crate::sandbox::{Environment, Job, Mount, Sandbox, find_program, is_program};
use crate::stop::Stop;

/// A Terraform that answered.
#[derive(Clone, Debug)]
pub(crate) struct Terraform {
    /// The binary.
    pub(crate) program: PathBuf,
    /// Such as `1.11.4`.
    pub(crate) version: String,
    /// Such as `linux_amd64`.
    pub(crate) platform: String,
}

#[derive(Deserialize)]
struct Version {
    terraform_version: String,
    platform: String,
}

impl Terraform {
    /// Finds the binary (the setting, else `terraform` on the PATH) and asks it, in the sandbox, for its version.
    pub(crate) async fn find(setting: Option<&Path>, sandbox: &Sandbox) -> Result<Self, RunnerError> {
        let program = match setting {
            Some(path) => path
                .canonicalize()
                .ok()
                .filter(|path| is_program(path))
                .ok_or_else(|| {
                    RunnerError::Terraform(format!(
                        "{} is no program; set terraform_bin to Terraform's path",
                        path.display()
                    ))
                })?,
            None => find_program("terraform").ok_or_else(|| {
                RunnerError::Terraform(
                    "it is not on the PATH; install Terraform 1.11 or later, or set terraform_bin".to_owned(),
                )
            })?,
        };
        let version = ask_version(&program, sandbox).await?;
        Ok(Self {
            program,
            version: version.terraform_version,
            platform: version.platform,
        })
    }
}

async fn ask_version(program: &Path, sandbox: &Sandbox) -> Result<Version, RunnerError> {
    let job = Job {
        mounts: vec![Mount::read(program)],
        directory: "/tmp".into(),
        program: program.into(),
        args: vec!["version".into(), "-json".into()],
        environment: base_environment(),
    };
    let rules = Rules {
        limits: Limits {
            memory_bytes: 1024 * 1024 * 1024,
            processes: 32,
            output_bytes: 1024 * 1024,
            file_bytes: 1024 * 1024,
            step_seconds: 60,
        },
        grace: Duration::from_secs(1),
    };
    let mut said = Collected::default();
    let ended = child::run(sandbox, &job, &rules, &Stop::new(), &mut said).await?;
    serde_json::from_slice(&said.output).map_err(|_| {
        RunnerError::Terraform(format!(
            "{} version -json ended with {:?} and said: {}",
            program.display(),
            ended.exit_code,
            String::from_utf8_lossy(&said.error).trim()
        ))
    })
}

/// What every Terraform gets. `HOME` is the private temporary folder: no configuration of the portal's user counts.
pub(crate) fn base_environment() -> Environment {
    let mut environment = Environment::default();
    environment
        .set("PATH", "/usr/bin:/bin")
        .set("HOME", "/tmp")
        .set("TMPDIR", "/tmp")
        .set("LANG", "C.UTF-8")
        .set("CHECKPOINT_DISABLE", "1")
        .set("TF_IN_AUTOMATION", "1")
        .set("TF_INPUT", "0");
    environment
}

/// Our own CLI configuration: providers from the mirror alone, or else from the registry into a shared cache.
pub(crate) fn cli_configuration(mirror: Option<&Path>, cache: &Path) -> String {
    let quote = |path: &Path| {
        // Both characters after which HCL would look for a template.
        let text = path
            .display()
            .to_string()
            .replace("${", "$${")
            .replace("%{", "%%{");
        serde_json::Value::from(text).to_string()
    };
    match mirror {
        Some(mirror) => format!(
            "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {}\n  }}\n}}\n",
            quote(mirror)
        ),
        None => format!(
            "disable_checkpoint = true\nplugin_cache_dir = {}\nprovider_installation {{\n  direct {{}}\n}}\n",
            quote(cache)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_break_out_of_the_configuration() {
        let text = cli_configuration(Some(Path::new("/a\"}\n${b}")), Path::new("/cache"));
        assert!(text.contains(r#"path = "/a\"}\n$${b}""#), "{text}");
    }

    #[test]
    fn without_a_mirror_the_registry_is_asked_once_for_all() {
        let text = cli_configuration(None, Path::new("/data/plugins"));
        assert!(text.contains("plugin_cache_dir = \"/data/plugins\"") && text.contains("direct {}"));
    }
}
