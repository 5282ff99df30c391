//! The tables of one folder: what goes in, what comes out, what it makes and what it calls.

use std::fmt::Write as _;

use hcl::edit::Span;
use hcl::edit::expr::Expression;

use crate::terraform::configuration::{Folder, Placed};

/// All tables of a folder; those without a row are left out.
pub(super) fn of(folder: &Folder) -> String {
    let inputs = folder.blocks("variable").map(input).collect();
    let outputs = folder.blocks("output").map(output).collect();
    let made = ["resource", "ephemeral", "data"]
        .into_iter()
        .flat_map(|kind| folder.blocks(kind));
    let calls = folder.blocks("module").map(call).collect();
    let mut text = String::from("\nWritten by `cargo xtask docs` from the configuration.\n\n");
    table(&mut text, "Inputs", &["name", "type", "default", "is"], inputs);
    table(&mut text, "Outputs", &["name", "is"], outputs);
    table(
        &mut text,
        "Resources",
        &["address", "in"],
        made.map(resource).collect(),
    );
    table(&mut text, "Modules", &["call", "is"], calls);
    text
}

fn table(text: &mut String, title: &str, columns: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let line = |text: &mut String, cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        // Writing to a string cannot go wrong.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    let _ = writeln!(text, "**{title}**\n");
    line(
        text,
        &columns
            .iter()
            .map(|column| (*column).to_owned())
            .collect::<Vec<_>>(),
    );
    line(text, &vec!["---".to_owned(); columns.len()]);
    rows.iter().for_each(|row| line(text, row));
    text.push('\n');
}

fn input(variable: Placed<'_>) -> Vec<String> {
    let default = match written(variable, "default") {
        Some(default) => code(&default),
        None => "required".to_owned(),
    };
    let kind = code(&written(variable, "type").unwrap_or_else(|| "any".to_owned()));
    vec![code(variable.label(0)), kind, default, description(variable)]
}

fn output(output: Placed<'_>) -> Vec<String> {
    let is_secret = matches!(output.argument("sensitive"), Some(Expression::Bool(secret)) if *secret.value());
    let secret = if is_secret { " Sensitive." } else { "" };
    vec![code(output.label(0)), description(output) + secret]
}

fn resource(resource: Placed<'_>) -> Vec<String> {
    let file = resource
        .file
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let address = match resource.block.ident.as_str() {
        "resource" => resource.address(),
        kind => format!("{kind}.{}", resource.address()),
    };
    vec![code(&address), format!("[{file}]({file})")]
}

fn call(call: Placed<'_>) -> Vec<String> {
    let source = call
        .argument("source")
        .and_then(Expression::as_str)
        .unwrap_or_default();
    let name = source.rsplit('/').next().unwrap_or_default();
    vec![
        code(&format!("module.{}", call.label(0))),
        format!("[{name}]({source})"),
    ]
}

fn description(block: Placed<'_>) -> String {
    let text = block.argument("description").and_then(Expression::as_str);
    text.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// An argument as it is written, on one line.
fn written(block: Placed<'_>, argument: &str) -> Option<String> {
    let value = block.argument(argument)?;
    Some(one_line(block.file.text(value.span())))
}

fn code(text: &str) -> String {
    // Two backticks may hold one.
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// Joins the lines of an expression: members of an object, which HCL parts by lines, are parted by commas.
fn one_line(text: &str) -> String {
    let mut joined = String::new();
    for line in text.lines().map(without_comment).filter(|line| !line.is_empty()) {
        let opens = joined.is_empty() || joined.ends_with(['(', '[']);
        let closes = line.starts_with([')', ']']);
        if closes && joined.ends_with(',') {
            joined.pop();
        }
        let parted = joined.ends_with([',', '{']) || line.starts_with('}');
        joined.push_str(match (opens || closes, parted) {
            (true, _) => "",
            (false, true) => " ",
            (false, false) => ", ",
        });
        joined.push_str(&line);
    }
    joined
}

/// A line without its comment, with single blanks.
fn without_comment(line: &str) -> String {
    let code = match line.find(" #") {
        Some(at) if !line.contains('"') => &line[..at],
        _ if line.trim_start().starts_with('#') => "",
        _ => line,
    };
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_of_several_lines_becomes_one() {
        let text = "object({\n    name   = string # its name\n    # how many\n    counts = map(object({\n      a = number\n    }))\n  })";
        assert_eq!(
            one_line(text),
            "object({ name = string, counts = map(object({ a = number })) })"
        );
        assert_eq!(one_line("[\n  \"a\",\n  \"b\",\n]"), "[\"a\", \"b\"]");
        assert_eq!(one_line("\"#x\""), "\"#x\"");
    }

    #[test]
    fn a_cell_does_not_end_its_row() {
        let mut text = String::new();
        table(
            &mut text,
            "T",
            &["a", "b"],
            vec![vec!["x | y".into(), "z".into()]],
        );
        assert_eq!(text, "**T**\n\n| a | b |\n| --- | --- |\n| x \\| y | z |\n\n");
    }
}
