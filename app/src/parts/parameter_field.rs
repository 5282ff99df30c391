//! One parameter as a field: the control follows from its type and bounds.

use std::collections::BTreeMap;

use leptos::prelude::*;
use lifeboat_domain::FieldError;
use lifeboat_domain::parameter::{Parameter, ParameterType, ParameterValue};

use super::{FieldText, Select, error_of, field, select};

pub(super) fn parameter_field(
    parameter: &Parameter,
    values: &BTreeMap<String, String>,
    errors: &[FieldError],
) -> AnyView {
    let name = format!("parameters.{}", parameter.name);
    let default = parameter.default.as_ref();
    let value = values
        .get(&name)
        .cloned()
        .or(default.map(ParameterValue::to_string))
        .unwrap_or_default();
    let text = FieldText {
        label: parameter.label.clone(),
        help: (!parameter.description.is_empty()).then(|| parameter.description.clone()),
        hint: bounds(parameter),
        error: error_of(errors, &name),
        optional: default.and_then(ParameterValue::as_str) == Some(""),
        name,
    };
    match parameter.kind {
        ParameterType::Bool => yes_or_no(text, value == "true" || value == "on"),
        ParameterType::Number => number(text, parameter, value),
        ParameterType::String if !parameter.options.is_empty() => {
            let options = parameter
                .options
                .iter()
                .map(|option| (option.clone(), option.replace('_', " ")))
                .collect();
            select(
                text,
                Select {
                    options,
                    chosen: value,
                },
            )
        }
        ParameterType::String => line(text, parameter, value),
    }
}

fn number(text: FieldText, parameter: &Parameter, value: String) -> AnyView {
    let plain = |bound: Option<f64>| bound.map(|bound| bound.to_string());
    let control = view! {
        <input id=text.id() name=text.name.clone() type="number" inputmode="decimal" value=value
            min=plain(parameter.minimum) max=plain(parameter.maximum) step=plain(parameter.step).unwrap_or("any".into())
            placeholder=parameter.example.clone() required=parameter.default.is_none()
            aria-describedby=text.described_by() aria-invalid=text.invalid()/>
    };
    field(text, control)
}

fn line(text: FieldText, parameter: &Parameter, value: String) -> AnyView {
    let control = view! {
        <input id=text.id() name=text.name.clone() type="text" value=value placeholder=parameter.example.clone()
            minlength=parameter.min_length.map(|n| n.to_string()) required=parameter.default.is_none()
            autocomplete="off" autocapitalize="none" spellcheck="false"
            aria-describedby=text.described_by() aria-invalid=text.invalid()/>
    };
    field(text, control)
}

/// Two radio buttons: unlike a lone checkbox they always send a value.
fn yes_or_no(text: FieldText, yes: bool) -> AnyView {
    let id = text.id();
    let radio = |value: &'static str, word: &'static str, id: String, checked: bool| {
        view! {
            <label class="choice">
                <input type="radio" id=id name=text.name.clone() value=value checked=checked/>
                <span>{word}</span>
            </label>
        }
    };
    let invalid = text.error.is_some();
    view! {
        <div class="field" class:invalid=invalid role="radiogroup" aria-labelledby=format!("{id}-label") aria-describedby=text.described_by()>
            <div class="field-label"><span id=format!("{id}-label")>{text.label.clone()}</span></div>
            <div class="choices">
                {radio("true", "Yes", id.clone(), yes)}
                {radio("false", "No", format!("{id}-no"), !yes)}
            </div>
            <p class="field-error" id=format!("{id}-error") aria-live="polite">{text.error.clone()}</p>
            {text.help.clone().map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
    .into_any()
}

/// Bounds in words: `0.5 to 256, steps of 0.5`, `3 to 20 characters`.
fn bounds(parameter: &Parameter) -> Option<String> {
    let range = |least: Option<String>, most: Option<String>| match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (None, None) => None,
    };
    match parameter.kind {
        ParameterType::Number => {
            let words = |bound: Option<f64>| bound.map(|bound| bound.to_string());
            let range = range(words(parameter.minimum), words(parameter.maximum));
            match (range, parameter.step.filter(|step| *step != 1.0)) {
                (Some(range), Some(step)) => Some(format!("{range}, steps of {step}")),
                (range, _) => range,
            }
        }
        ParameterType::String if parameter.options.is_empty() => {
            // A limit far beyond what anyone types is noise; the check still knows it.
            let most = parameter
                .max_length
                .filter(|most| *most <= 64)
                .map(|most| most.to_string());
            let least = parameter
                .min_length
                .filter(|least| *least > 1 && most.is_some())
                .map(|least| least.to_string());
            range(least, most).map(|range| format!("{range} characters"))
        }
        ParameterType::String | ParameterType::Bool => None,
    }
}
