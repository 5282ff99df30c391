//! The proof, at start, that the sandbox keeps what an attestation will claim.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lifeboat_domain::attestation::Limits;

use super::{Environment, Job, Mount, Sandbox};
use crate::child::{self, Collected, Rules};
use crate::error::RunnerError;
use crate::stop::Stop;

/// Each line is printed only when its promise is broken; the last one proves that the script came so far.
const SCRIPT: &str = r#"
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo "capabilities are left"
grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status || echo "a set-uid program could gain rights"
for folder in / /usr /etc /dev /proc/sys "$READ_ONLY"; do
  if (: > "$folder/lifeboat-probe") 2>/dev/null; then echo "$folder is writable"; fi
done
[ -e "$HIDDEN" ] && echo "files of the portal are visible"
(: > "$WRITABLE/lifeboat-probe") 2>/dev/null || echo "the work folder is not writable"
set -- /proc/[0-9]*; [ $# -lt 10 ] || echo "processes of the machine are visible"
[ -z "$HOME" ] && [ -z "$USER" ] || echo "the environment is inherited"
unshare --user true 2>/dev/null && echo "a further user namespace can be made"
echo proved
"#;

/// Runs a script of probes inside; any broken promise is the error.
pub(super) async fn prove(sandbox: &Sandbox) -> Result<(), RunnerError> {
    let outside = tempfile::tempdir().map_err(RunnerError::io("making", "a temporary folder"))?;
    let said = probe(sandbox, outside.path()).await?;
    match said.trim() {
        "proved" => Ok(()),
        broken => Err(RunnerError::Sandbox(format!(
            "bubblewrap does not hold here: {}; allow unprivileged user namespaces, \
             or in development only set sandbox = \"unsafe-none\"",
            broken.lines().collect::<Vec<_>>().join("; ")
        ))),
    }
}

async fn probe(sandbox: &Sandbox, outside: &Path) -> Result<String, RunnerError> {
    let folder = |name: &str| -> Result<PathBuf, RunnerError> {
        let path = outside.join(name);
        std::fs::create_dir(&path).map_err(RunnerError::io("making", &path))?;
        Ok(path)
    };
    let (writable, read_only, hidden) = (folder("writable")?, folder("read-only")?, folder("hidden")?);
    let mut environment = Environment::default();
    environment.set("PATH", "/usr/bin:/bin");
    for (name, path) in [
        ("WRITABLE", &writable),
        ("READ_ONLY", &read_only),
        ("HIDDEN", &hidden),
    ] {
        environment.set(name, path.display().to_string());
    }
    let job = Job {
        mounts: vec![Mount::write(&writable), Mount::read(&read_only)],
        directory: writable.clone(),
        program: "/bin/sh".into(),
        args: vec!["-c".into(), SCRIPT.into()],
        environment,
    };
    let rules = Rules {
        limits: Limits {
            memory_bytes: 512 * 1024 * 1024,
            processes: 32,
            output_bytes: 64 * 1024,
            file_bytes: 1024 * 1024,
            step_seconds: 30,
        },
        grace: Duration::from_secs(1),
    };
    let mut said = Collected::default();
    let ended = child::run(sandbox, &job, &rules, &Stop::new(), &mut said).await?;
    // Standard error holds the refusals that were hoped for; it matters only when the script did not run at all.
    let told = if ended.exit_code == Some(0) {
        said.output
    } else {
        said.error
    };
    Ok(String::from_utf8_lossy(&told).into_owned())
}
