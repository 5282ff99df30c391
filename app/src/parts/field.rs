//! Form fields: label, control, help and error tied together by ids.

use leptos::prelude::*;
use lifeboat_domain::FieldError;

/// The id of the control for the field of that name.
pub(crate) fn field_id(name: &str) -> String {
    format!("field-{}", name.replace('.', "-"))
}

/// The first error of the field of that name.
pub(crate) fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.field == name)
        .map(|error| error.message.clone())
}

/// What surrounds a control.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldText {
    /// Name in the form.
    pub(crate) name: String,
    /// Label.
    pub(crate) label: String,
    /// Help, always visible.
    pub(crate) help: Option<String>,
    /// Bounds or hint, after the label.
    pub(crate) hint: Option<String>,
    /// What is wrong.
    pub(crate) error: Option<String>,
    /// Said at the label.
    pub(crate) optional: bool,
}

impl FieldText {
    pub(crate) fn id(&self) -> String {
        field_id(&self.name)
    }

    /// Value of `aria-describedby`: the error first, then the help.
    pub(crate) fn described_by(&self) -> String {
        let id = self.id();
        match self.help {
            Some(_) => format!("{id}-error {id}-help"),
            None => format!("{id}-error"),
        }
    }

    /// Value of `aria-invalid`.
    pub(crate) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }
}

/// Wraps `control`, whose id, `aria-describedby` and `aria-invalid` the caller takes from `text`.
pub(crate) fn field(text: FieldText, control: impl IntoView + 'static) -> AnyView {
    let id = text.id();
    let invalid = text.error.is_some();
    view! {
        <div class="field" class:invalid=invalid>
            <div class="field-label">
                <label for=id.clone()>{text.label}</label>
                {text.optional.then(|| view! { <span class="third">"optional"</span> })}
                {text.hint.map(|hint| view! { <span class="field-hint third">{hint}</span> })}
            </div>
            {control.into_any()}
            <p class="field-error" id=format!("{id}-error") aria-live="polite">{text.error}</p>
            {text.help.map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
    .into_any()
}

/// The choices of a `select`: pairs of value and words.
pub(crate) struct Select {
    pub(crate) options: Vec<(String, String)>,
    pub(crate) chosen: String,
}

/// A drop-down field. A choice that is none of the options is kept, so that nothing typed or sent is lost.
pub(crate) fn select(text: FieldText, select: Select) -> AnyView {
    let Select { options, chosen } = select;
    let foreign = !chosen.is_empty() && !options.iter().any(|(value, _)| *value == chosen);
    let prompt = chosen
        .is_empty()
        .then(|| view! { <option value="" selected=true>"Choose…"</option> });
    let kept =
        foreign.then(|| view! { <option value=chosen.clone() selected=true>{chosen.clone()}</option> });
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    let control = view! {
        <select id=text.id() name=text.name.clone() aria-describedby=text.described_by() aria-invalid=text.invalid() required=true>
            {prompt}
            {kept}
            {options}
        </select>
    };
    field(text, control)
}

/// Text as the content of a `textarea`. The renderer writes that content as it is, so escaping is done here; the first
/// newline is eaten by browsers, so one is put before.
pub(crate) fn textarea_content(text: &str) -> String {
    format!(
        "\n{}",
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    )
}
