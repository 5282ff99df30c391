//! `[accounts.<name>]`: an AWS account the portal may act in, as it is configured.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::lenient;
use super::load::ConfigProblem;

/// One account; its name is its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// The 12 digits AWS knows it by.
    #[serde(deserialize_with = "lenient::text")]
    pub aws_account_id: String,
    /// Address of all AWS services instead of AWS itself, such as the emulator's.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Role assumed to plan.
    #[serde(default)]
    pub plan_role_arn: Option<String>,
    /// Role assumed to apply.
    #[serde(default)]
    pub apply_role_arn: Option<String>,
    /// Role assumed to watch environments and to move roles; the role to apply when it is left out.
    #[serde(default)]
    pub operate_role_arn: Option<String>,
    /// External id sent with all of them.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub external_id: Option<String>,
    /// DNS server that is asked where an application's name leads, instead of the machine's own.
    #[serde(default)]
    pub dns_server: Option<SocketAddr>,
    /// Proxy through which applications are probed, such as `http://127.0.0.1:3128`.
    #[serde(default)]
    pub https_proxy: Option<String>,
    /// File of certificates (PEM) that are trusted beside the machine's own when applications are probed.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// On a guarded account whoever asked for a run never approves it. Guarded unless it says otherwise.
    #[serde(default = "yes", deserialize_with = "lenient::flag")]
    pub guarded: bool,
}

fn yes() -> bool {
    true
}

impl AccountConfig {
    /// Appends what is wrong with the account called `name`.
    pub(super) fn check(&self, name: &str, problems: &mut Vec<ConfigProblem>) {
        let mut wrong = |key: &str, message: String| {
            problems.push(ConfigProblem::new(format!("accounts.{name}.{key}"), message));
        };
        let named = !name.is_empty()
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !named {
            wrong(
                "*",
                "is the account's name; write it in lower-case letters, digits and hyphens".to_owned(),
            );
        }
        if self.aws_account_id.len() != 12 || !self.aws_account_id.bytes().all(|b| b.is_ascii_digit()) {
            wrong(
                "aws_account_id",
                "must be the 12 digits AWS knows the account by, in quotes".to_owned(),
            );
        }
        if let Some(endpoint) = &self.endpoint
            && !(endpoint.starts_with("http://") || endpoint.starts_with("https://"))
        {
            wrong(
                "endpoint",
                "must begin with http:// or https://; leave it out for AWS itself".to_owned(),
            );
        }
        if let Some(proxy) = &self.https_proxy
            && !(proxy.starts_with("http://") || proxy.starts_with("https://"))
        {
            wrong(
                "https_proxy",
                "must begin with http:// or https://; leave it out to probe directly".to_owned(),
            );
        }
        let roles = [
            ("plan_role_arn", &self.plan_role_arn, true),
            ("apply_role_arn", &self.apply_role_arn, true),
            ("operate_role_arn", &self.operate_role_arn, false),
        ];
        for (key, role, needed) in roles {
            match role {
                Some(arn) if !is_role_arn(arn) => {
                    wrong(
                        key,
                        "must be a role's ARN: arn:aws:iam::123456789012:role/name".to_owned(),
                    );
                }
                None if needed && self.endpoint.is_none() => {
                    wrong(
                        key,
                        "is missing; name the role the portal assumes in this account".to_owned(),
                    );
                }
                _ => {}
            }
        }
    }
}

fn is_role_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.contains(":iam::") && text.contains(":role/")
}
