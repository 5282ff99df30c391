//! The environment of a step: everything Terraform and the provider are told, and nothing of the portal's own.

use secrecy::SecretString;

use super::StepContext;
use crate::redact::Redactor;
use crate::sandbox::Environment;
use crate::terraform::base_environment;
use crate::workspace::Workspace;

/// For a step that needs neither state nor AWS.
pub(super) fn alone(workspace: &Workspace) -> Environment {
    let mut environment = base_environment();
    let configuration = workspace.prepared.cli_configuration();
    environment.set("TF_CLI_CONFIG_FILE", configuration.display().to_string());
    environment
}

/// For a step that reads the state and AWS.
pub(super) fn for_cloud(workspace: &Workspace, context: &StepContext) -> Environment {
    let mut environment = alone(workspace);
    let backend = &context.backend;
    environment
        .set("TF_HTTP_ADDRESS", backend.address.as_str())
        .set("TF_HTTP_LOCK_ADDRESS", format!("{}/lock", backend.address))
        .set("TF_HTTP_UNLOCK_ADDRESS", format!("{}/unlock", backend.address))
        .set("TF_HTTP_LOCK_METHOD", "PUT")
        .set("TF_HTTP_UNLOCK_METHOD", "PUT")
        .set("TF_HTTP_USERNAME", backend.username.as_str())
        .set("TF_HTTP_PASSWORD", backend.password.clone())
        .set("TF_HTTP_RETRY_MAX", "4");
    // Whatever machine this is, its own role must not be found.
    environment.set("AWS_EC2_METADATA_DISABLED", "true");
    if let Some(cloud) = &context.cloud {
        environment
            .set(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                cloud.credentials_uri.as_str(),
            )
            .set("AWS_CONTAINER_AUTHORIZATION_TOKEN", cloud.authorization.clone());
        if let Some(endpoint) = &cloud.endpoint {
            environment.set("AWS_ENDPOINT_URL", endpoint.as_str());
        }
    }
    environment
}

/// Hides the secrets of a step from what it says.
pub(super) fn redactor(context: &StepContext) -> Redactor {
    let password: &SecretString = &context.backend.password;
    Redactor::new(
        [password]
            .into_iter()
            .chain(context.cloud.as_ref().map(|cloud| &cloud.authorization)),
    )
}
