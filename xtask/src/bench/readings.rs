//! `cargo xtask bench readings`: a certificate for the hosts of the stub, then the bench of the AWS adapter.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use it::places;
use it::sh::cmd;

use crate::build::cargo;
use crate::clear;

/// A certificate that is its own authority, and may sign no other.
const REQUEST: &str = "\
[req]
distinguished_name = name
x509_extensions = host
prompt = no
[name]
CN = bench.test
[host]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:*.bench.test
";

/// Measures; whether one core was enough.
pub(super) fn run(profile: &str, arguments: &[String]) -> Result<bool> {
    let folder = places::state().join("bench-readings");
    clear(&folder)?;
    std::fs::create_dir_all(&folder).context("making the bench's folder")?;
    let (certificate, key) = (folder.join("host.pem"), folder.join("host.key"));
    make_certificate(&folder.join("request.cnf"), &certificate, &key)?;
    let status = cargo(["bench", "--package", "lifeboat-aws", "--bench", "readings"])
        .args(["--profile", profile, "--", "--certificate"])
        .arg(&certificate)
        .arg("--key")
        .arg(&key)
        .args(arguments)
        .status()?;
    Ok(status.success())
}

fn make_certificate(request: &Path, certificate: &Path, key: &Path) -> Result<()> {
    std::fs::write(request, REQUEST).context("writing the certificate's request")?;
    let made = cmd(
        "openssl",
        ["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"],
    )
    .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-config"])
    .arg(request)
    .arg("-out")
    .arg(certificate)
    .arg("-keyout")
    .arg(key)
    .output()?;
    ensure!(
        made.status.success(),
        "making a certificate with openssl: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(())
}
