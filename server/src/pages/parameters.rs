//! Parameters as a form sends them: text under `parameters.<name>`.

use lifeboat_domain::FieldError;
use lifeboat_domain::parameter::ParameterValues;
use lifeboat_domain::profile::Profile;

use crate::http::extract::Form;

const PREFIX: &str = "parameters.";

/// Whether a field is one of the profile's parameters.
pub(super) fn is_parameter(field: &str) -> bool {
    field.starts_with(PREFIX)
}

/// What was filled in, as typed values, with defaults for what was left empty. All that is wrong is told at once; the
/// service checks again.
pub(super) fn read_parameters(profile: &Profile, form: &Form) -> Result<ParameterValues, Vec<FieldError>> {
    let mut parameters = ParameterValues::new();
    let mut errors = Vec::new();
    let mut unreadable = Vec::new();
    for (field, text) in &form.0 {
        let Some(name) = field.strip_prefix(PREFIX) else {
            continue;
        };
        let Some(parameter) = profile.parameter(name) else {
            let message = "is not a parameter of this profile; reload the form";
            errors.push(FieldError::new(field, message));
            continue;
        };
        match parameter.parse(text) {
            Ok(Some(value)) => drop(parameters.insert(name.to_owned(), value)),
            Ok(None) => {}
            Err(message) => unreadable.push(FieldError::new(field, message)),
        }
    }
    let checked = profile.check(&parameters);
    if let Err(found) = &checked {
        let told = |error: &&FieldError| !unreadable.iter().any(|other| other.field == error.field);
        errors.extend(found.iter().filter(told).cloned());
    }
    errors.extend(unreadable);
    match checked {
        Ok(complete) if errors.is_empty() => Ok(complete),
        _ => Err(errors),
    }
}
