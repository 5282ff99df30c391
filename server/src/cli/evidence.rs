//! `lifeboat evidence`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use lifeboat_dr::evidence::{PublicKey, check_chains, verify};

use super::{output, wiring};
use crate::config::{Config, ConfigError};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Proves evidence packs offline: content, signature, and that they follow each other. Needs no portal.
    Verify {
        /// Packs, as they were downloaded; of one environment or of several, in any order.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The portal's public key, or a file that holds it. Repeated when the portal's key was changed meanwhile.
        #[arg(long, required = true, value_name = "KEY")]
        public_key: Vec<String>,
    },
    /// Tells the public key of this portal's evidence packs.
    Key,
}

pub(super) fn run(
    config: impl FnOnce() -> Result<Config, ConfigError>,
    command: &Command,
) -> anyhow::Result<()> {
    match command {
        Command::Verify { files, public_key } => {
            let keys = public_key
                .iter()
                .map(|text| key(text))
                .collect::<anyhow::Result<Vec<_>>>()?;
            prove(files, &keys)
        }
        Command::Key => {
            output::say(&wiring::evidence_key(&config()?)?.to_string());
            Ok(())
        }
    }
}

/// The key itself, or the file of that name.
fn key(text: &str) -> anyhow::Result<PublicKey> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let file = std::fs::read_to_string(text);
    let file = file.with_context(|| {
        format!("--public-key: {text:?} is neither a public key nor a file that can be read")
    })?;
    file.parse().with_context(|| format!("--public-key: {text}"))
}

/// Every pack is looked at before anything is said to be wrong, so that all of it is told.
fn prove(files: &[PathBuf], keys: &[PublicKey]) -> anyhow::Result<()> {
    let mut packs = Vec::new();
    let mut refused = 0;
    for file in files {
        match prove_one(file, keys) {
            Ok(pack) => {
                output::say(&format!(
                    "{}: genuine, failover {} of {}, digest {}",
                    file.display(),
                    pack.sequence,
                    pack.suffix,
                    pack.digest
                ));
                packs.push(pack);
            }
            Err(error) => {
                refused += 1;
                output::complain(&format!("{}: {}", file.display(), output::told(&error)));
            }
        }
    }
    if refused > 0 {
        return Err(anyhow!("{refused} of {} packs cannot be believed", files.len()));
    }
    for chain in check_chains(packs)? {
        let from = if chain.is_from_the_begin() {
            "complete from the first"
        } else {
            "those before were not given"
        };
        output::say(&format!(
            "{}: packs {} to {} follow each other, {from}",
            chain.suffix, chain.first, chain.last
        ));
    }
    Ok(())
}

fn prove_one(file: &Path, keys: &[PublicKey]) -> anyhow::Result<lifeboat_dr::evidence::Genuine> {
    let bytes = std::fs::read(file).context("reading the file")?;
    Ok(verify(&bytes, keys)?)
}

#[cfg(test)]
mod tests {
    use lifeboat_domain::evidence::Evidence;
    use lifeboat_dr::evidence::{Pack, Signer, seal};
    use serde_json::json;

    use super::*;

    const AT: &str = "2026-01-02T03:04:05Z";
    const ENVIRONMENT: &str = "01900000-0000-7000-8000-000000000001";

    fn preview() -> serde_json::Value {
        json!({
            "kind": "failover", "made_at": AT, "from_region": null, "to_region": "us-west-2", "lossless": false,
            "at_risk_seconds": null, "rpo_seconds": 60, "rto_seconds": 300, "expected_seconds": null,
            "experience": 0, "preconditions": [], "steps": [],
        })
    }

    fn failover(number: i64) -> serde_json::Value {
        json!({
            "id": ENVIRONMENT, "environment_id": ENVIRONMENT, "environment_suffix": "ledger", "team_id": ENVIRONMENT,
            "number": number, "kind": "failover", "state": "aborted", "from_region": "us-east-1",
            "to_region": "us-west-2", "reason": "a test", "drill": true, "acknowledged": {},
            "requested_by": ENVIRONMENT, "requested_by_login": "ana", "confirmed_by_login": null, "steps": [],
            "pause_requested": false, "why": null, "report": null, "rto_seconds": 300, "rpo_seconds": 60,
            "revision": 1, "created_at": AT, "started_at": null, "ended_at": AT, "preview": preview(),
        })
    }

    fn pack(sequence: i64, previous: Option<&Pack>, signer: &Signer) -> Pack {
        let digest = "0".repeat(64);
        let evidence = json!({
            "format": "lifeboat-evidence/1", "sequence": sequence, "made_at": AT,
            "previous": previous.map(|pack| &pack.digest), "people": [], "lag": [], "met_rto": null, "met_rpo": null,
            "environment": {
                "id": ENVIRONMENT, "suffix": "ledger", "team": "payments", "account": "prod", "profile": "transactions",
                "profile_digest": digest, "state_serial": 4, "last_applied": null,
            },
            "failover": failover(sequence),
        });
        let evidence: Evidence = serde_json::from_value(evidence).unwrap();
        seal(&evidence, signer).unwrap()
    }

    #[test]
    fn packs_are_proven_with_nothing_but_files_and_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::from_seed(&[1; 32]);
        let first = pack(1, None, &signer);
        let second = pack(2, Some(&first), &signer);
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            file
        };
        let (one, two) = (write("one", &first.text), write("two", &second.text));
        let key_file = write("key", &format!("{}\n", signer.public_key()));
        let keys = [key(key_file.to_str().unwrap()).unwrap()];
        assert_eq!(key(&signer.public_key().to_string()).unwrap(), keys[0]);
        prove(&[two.clone(), one.clone()], &keys).unwrap();

        let changed = write("changed", &second.text.replace("a test", "a toss"));
        let refused = prove(&[one.clone(), changed], &keys).unwrap_err().to_string();
        assert_eq!(refused, "1 of 2 packs cannot be believed");
        let third = write("three", &pack(3, Some(&first), &signer).text);
        let refused = prove(&[one, two, third], &keys).unwrap_err().to_string();
        assert!(refused.contains("pack 3 does not follow"), "{refused}");
        assert!(
            key("no such file")
                .unwrap_err()
                .to_string()
                .contains("--public-key")
        );
    }
}
