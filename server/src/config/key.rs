//! Finding the encryption key: in the configuration or in the file it names.

use secrecy::SecretString;

use super::Config;
use super::load::{ConfigError, ConfigProblem};

impl Config {
    /// The key that seals artefacts, as base64 text.
    pub fn encryption_key(&self) -> Result<SecretString, ConfigError> {
        match (&self.encryption_key, &self.encryption_key_file) {
            (Some(key), None) => Ok(key.clone()),
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(text) => Ok(SecretString::from(text.trim().to_owned())),
                Err(error) => Err(ConfigError::one(
                    "encryption_key_file",
                    format!(
                        "reading {}: {error}; make a key with `lifeboat key generate --out {}`",
                        file.display(),
                        file.display()
                    ),
                )),
            },
            (Some(_), Some(_)) => Err(ConfigError::one(
                "encryption_key",
                "is set together with encryption_key_file; keep one of the two",
            )),
            (None, None) => Err(ConfigError::one(
                "encryption_key_file",
                "is missing; make a key with `lifeboat key generate --out FILE` and name that file here",
            )),
        }
    }

    /// Appends what is wrong with how the key is named; whether the key itself is good is found when it is read.
    pub(super) fn check_key(&self, problems: &mut Vec<ConfigProblem>) {
        if self.encryption_key.is_some() && self.encryption_key_file.is_some() {
            problems.push(ConfigProblem::new(
                "encryption_key",
                "is set together with encryption_key_file; keep one of the two",
            ));
        }
    }
}
