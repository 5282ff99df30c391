//! Resources of the newest state, by region and module.

use std::collections::BTreeMap;

use leptos::prelude::*;
use lifeboat_domain::environment::{EnvironmentState, Resource};

use crate::parts::{empty, value_table};
use crate::words;

pub(super) fn view(resources: Vec<Resource>, state: EnvironmentState) -> AnyView {
    if resources.is_empty() {
        let why = match state {
            EnvironmentState::Destroyed => "Everything was destroyed.",
            _ => "Resources appear here while a plan is applied.",
        };
        return empty("Nothing is built", view! { <p>{why}</p> });
    }
    let mut regions: BTreeMap<String, BTreeMap<String, Vec<Resource>>> = BTreeMap::new();
    for resource in resources {
        regions
            .entry(resource.region.clone())
            .or_default()
            .entry(resource.module.clone())
            .or_default()
            .push(resource);
    }
    // The global ones have no region and would sort first; they read better last.
    let global = regions.remove("");
    let regions = regions
        .into_iter()
        .chain(global.map(|modules| (String::new(), modules)));
    regions
        .map(|(region, modules)| region_part(region, modules))
        .collect_view()
        .into_any()
}

fn region_part(region: String, modules: BTreeMap<String, Vec<Resource>>) -> impl IntoView {
    let count: usize = modules.values().map(Vec::len).sum();
    let title = if region.is_empty() {
        "Global".to_owned()
    } else {
        region
    };
    let modules = modules
        .into_iter()
        .map(|(module, resources)| module_part(module, resources))
        .collect_view();
    view! {
        <details class="fold part">
            <summary><span>{title}</span><span class="third">{words::counted(count, "resource", "resources")}</span></summary>
            {modules}
        </details>
    }
}

fn module_part(module: String, resources: Vec<Resource>) -> impl IntoView {
    let count = resources.len();
    let title = if module.is_empty() {
        "root".to_owned()
    } else {
        module.clone()
    };
    let rows = resources
        .into_iter()
        .map(|resource| {
            let name = resource
                .address
                .strip_prefix(&format!("{module}."))
                .unwrap_or(&resource.address)
                .to_owned();
            view! {
                <tr>
                    <th scope="row"><code>{name}</code></th>
                    <td class="wrap"><code title=resource.arn>{resource.id}</code></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="fold resource-module">
            <summary><code>{title}</code><span class="third">{count}</span></summary>
            {value_table("Resources", ["Resource", "Id"], rows)}
        </details>
    }
}
