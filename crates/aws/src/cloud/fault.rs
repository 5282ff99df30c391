//! What an error of the SDK means, without what nobody may read.

use std::fmt;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use lifeboat_dr::CloudError;
use lifeboat_runner::Credentials;
use secrecy::{ExposeSecret as _, SecretString};

use crate::sts::root_cause;

/// The longest message that is passed on, in characters.
const LONGEST: usize = 400;

/// Codes by which AWS asks for the same later, with a status that looks like a no: 400, on most services.
const LATER: [&str; 11] = [
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// What stands in a secret's place.
const HIDDEN: &str = "[hidden]";

/// Words that must not leave this crate. AWS repeats the session token, and all else that was signed, to whom it refuses a signature.
pub(super) struct Secrets([SecretString; 3]);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Secrets {
    pub(super) fn of(credentials: &Credentials) -> Self {
        Self([
            credentials.session_token.clone(),
            credentials.secret_access_key.clone(),
            SecretString::from(credentials.access_key_id.clone()),
        ])
    }

    /// The first line of `text` without the secrets, and of a length that people read.
    fn hide(&self, text: &str) -> String {
        let mut line = text.lines().next().unwrap_or_default().trim().to_owned();
        for secret in &self.0 {
            let secret = secret.expose_secret();
            if !secret.is_empty() {
                line = line.replace(secret, HIDDEN);
            }
        }
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

/// The error of `call` in `region`. A 5xx is no answer: whether something was changed is not known. Nor is a request to come back later:
/// that is no reason to give up.
pub(super) fn of<E>(call: &str, region: &str, error: &SdkError<E>, secrets: &Secrets) -> CloudError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let (call, region) = (call.to_owned(), region.to_owned());
    let SdkError::ServiceError(answer) = error else {
        let message = secrets.hide(&root_cause(error));
        return CloudError::NoAnswer {
            call,
            region,
            message,
        };
    };
    let status = answer.raw().status();
    let code = match answer.err().code() {
        Some(code) => secrets.hide(code),
        None => format!("HTTP {}", status.as_u16()),
    };
    let message = secrets.hide(answer.err().message().unwrap_or("no reason was given"));
    match status.is_server_error() || LATER.contains(&code.as_str()) {
        true => CloudError::NoAnswer {
            call,
            region,
            message: format!("{code}: {message}"),
        },
        false => CloudError::Refused {
            call,
            region,
            code,
            message,
        },
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::config::http::HttpResponse;
    use aws_sdk_sts::error::ErrorMetadata;
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use chrono::Utc;

    use super::*;

    fn secrets() -> Secrets {
        Secrets::of(&Credentials {
            access_key_id: "AKIAEXAMPLE".to_owned(),
            secret_access_key: "the-secret-key".into(),
            session_token: "the-token".into(),
            expires_at: Utc::now(),
            role_arn: None,
        })
    }

    #[test]
    fn secrets_and_what_was_signed_do_not_leave() {
        let told =
            "The token the-token of AKIAEXAMPLE is bad; the-secret-key too.\nX-Amz-Security-Token: other";
        let said = secrets().hide(told);
        assert_eq!(said, "The token [hidden] of [hidden] is bad; [hidden] too.");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let said = secrets().hide(&"ä".repeat(LONGEST + 1));
        assert_eq!(said.chars().count(), LONGEST + 1);
        assert!(said.ends_with('…'));
    }

    /// The error of an answer with that status and code.
    fn answered(status: u16, code: &str) -> CloudError {
        let metadata = ErrorMetadata::builder().code(code).message("words").build();
        let raw = HttpResponse::new(status.try_into().unwrap(), "".into());
        let error = SdkError::service_error(GetCallerIdentityError::generic(metadata), raw);
        of("RDS FailoverGlobalCluster", "us-west-2", &error, &secrets())
    }

    #[test]
    fn to_be_asked_for_patience_is_not_a_no() {
        for code in LATER {
            let error = answered(400, code);
            assert!(
                matches!(&error, CloudError::NoAnswer { message, .. } if message.starts_with(code)),
                "{error:?}"
            );
        }
        assert!(matches!(answered(503, "Anything"), CloudError::NoAnswer { .. }));
    }

    #[test]
    fn a_no_says_which() {
        for code in [
            "AccessDenied",
            "InvalidGlobalClusterStateFault",
            "ThrottlingNothing",
        ] {
            let error = answered(400, code);
            assert!(
                matches!(&error, CloudError::Refused { code: said, .. } if said == code),
                "{error:?}"
            );
        }
    }
}
