//! Profiles, as they are offered.

use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::person::Principal;
use lifeboat_domain::profile::Profile;

use crate::views::{CheckedParameters, NamePreview, NewEnvironmentChoices};
use crate::{Portal, Result, ServiceError};

impl Portal {
    /// All profiles, by name. For everyone who is logged in.
    pub fn profiles(&self, _who: &Principal) -> Vec<Profile> {
        self.catalog()
            .profiles()
            .map(|source| source.profile.clone())
            .collect()
    }

    /// One profile. Errors: not-found.
    pub fn profile(&self, _who: &Principal, name: &str) -> Result<Profile> {
        let source = self.catalog().get(name);
        let source = source.ok_or_else(|| ServiceError::not_found("profile"))?;
        Ok(source.profile.clone())
    }

    /// Checks parameters without making anything. Errors: not-found, invalid-input.
    pub fn check_parameters(
        &self,
        who: &Principal,
        profile: &str,
        values: &ParameterValues,
    ) -> Result<CheckedParameters> {
        let profile = self.profile(who, profile)?;
        let parameters = profile.check(values).map_err(ServiceError::invalid)?;
        Ok(CheckedParameters {
            names: preview(&profile, suffix(&profile, &parameters)),
            parameters,
        })
    }

    /// What the form of a new environment offers: profiles, the teams in which the person may request, accounts.
    pub async fn new_environment_choices(&self, who: &Principal) -> Result<NewEnvironmentChoices> {
        Ok(NewEnvironmentChoices {
            profiles: self.profiles(who),
            teams: self.requesting_teams(who).await?,
            accounts: self.accounts(who).await?,
        })
    }
}

/// The suffix among checked parameters.
pub(crate) fn suffix<'a>(profile: &Profile, parameters: &'a ParameterValues) -> &'a str {
    let value = parameters.get(&profile.suffix_parameter);
    value.and_then(ParameterValue::as_str).unwrap_or_default()
}

fn preview(profile: &Profile, suffix: &str) -> Vec<NamePreview> {
    let region = |region: &str| match region {
        "primary" => profile.primary_region.clone(),
        "standby" => profile.standby_region.clone(),
        _ => String::new(),
    };
    let names = profile.names.iter().map(|name| NamePreview {
        resource: name.resource.clone(),
        region: region(&name.region),
        name: name.for_suffix(suffix),
    });
    names.collect()
}
