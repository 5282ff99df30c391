//! The two regions side by side: which is active, which stands by, and what stands in each.

use leptos::prelude::*;
use lifeboat_domain::environment::{Environment, Resource};
use lifeboat_domain::profile::Profile;

use crate::pages::choose_profile::target;
use crate::parts::{Mark, Shape, Tone, icon};
use crate::words;

pub(super) fn view(environment: &Environment, profile: Option<&Profile>, resources: &[Resource]) -> AnyView {
    let targets = profile.map(|profile| {
        view! {
            <p class="second region-targets">
                {format!("RTO {}, RPO {}", target(profile.rto_seconds), target(profile.rpo_seconds))}
            </p>
        }
    });
    view! {
        <section class="panel region-cards" aria-label="Regions">
            {card(&environment.active_region, true, resources)}
            <div class="region-link">{icon("arrow")}{targets}</div>
            {card(&environment.standby_region, false, resources)}
        </section>
    }
    .into_any()
}

fn card(region: &str, active: bool, resources: &[Resource]) -> AnyView {
    let here: Vec<_> = resources
        .iter()
        .filter(|resource| resource.region == region)
        .collect();
    let of_kind = |kind: &str| here.iter().filter(|resource| resource.kind == kind).count();
    let database = match (of_kind("aws_rds_cluster"), of_kind("aws_rds_cluster_instance")) {
        (0, 0) => None,
        (clusters, instances) => Some(format!(
            "{}, {}",
            words::counted(clusters, "database cluster", "database clusters"),
            words::counted(instances, "instance", "instances")
        )),
    };
    // Which region is active says nothing about its health, so neither is green.
    let mark = match active {
        true => Mark::new(Tone::Quiet, Shape::Dot, "Active"),
        false => Mark::new(Tone::Quiet, Shape::Waiting, "Standby"),
    };
    let mark = if here.is_empty() {
        Mark::new(Tone::Quiet, Shape::Stopped, "Nothing here")
    } else {
        mark
    };
    view! {
        <div class="region-now" class:writer=active>
            <h2>{region.to_owned()}<span class="sr">{if active { ", active region" } else { ", standby region" }}</span></h2>
            {mark.view()}
            <p class="second">
                {database.map(|database| view! { <span>{database}</span><br/> })}
                {(!here.is_empty()).then(|| words::counted(here.len(), "resource", "resources"))}
            </p>
        </div>
    }
    .into_any()
}
