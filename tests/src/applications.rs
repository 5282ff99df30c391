//! The teams' applications: the emulated internet is empty until they are placed in it.

use anyhow::Result;
use lifeboat_domain::parameter::{ParameterValue, ParameterValues};
use lifeboat_domain::profile::Profile;

use crate::emulator::world::World;

/// Places the application of an environment with `parameters`, one host in each region, so that its health checks find it.
/// The hosts; none where the profile brings its own application.
pub async fn place(world: &World, profile: &Profile, parameters: &ParameterValues) -> Result<Vec<String>> {
    let text = |name: &str| {
        let value = parameters.get(name).and_then(ParameterValue::as_str);
        value.filter(|value| !value.is_empty())
    };
    let mut hosts = Vec::new();
    let Some(domain) = text("domain_name").filter(|_| profile.parameter("primary_endpoint").is_some()) else {
        return Ok(hosts);
    };
    for (role, region) in [
        ("primary", &profile.primary_region),
        ("secondary", &profile.standby_region),
    ] {
        let given = text(&format!("{role}_endpoint")).map(str::to_owned);
        let host = given.unwrap_or_else(|| format!("{role}.{domain}"));
        world.place_application(&host, region).await?;
        hosts.push(host);
    }
    Ok(hosts)
}
