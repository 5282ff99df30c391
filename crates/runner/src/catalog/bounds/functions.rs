//! The functions of HCL that conditions of variables use.
//!
//! `regex` gives null instead of an error where nothing matches, and `can` says whether there is anything but null.

use hcl::Value;
use hcl::eval::{Context, FuncArgs, FuncDef, ParamType};
use regex::Regex;

/// Makes them known to `context`.
pub(super) fn declare(context: &mut Context<'_>) {
    use ParamType::{Any, Number, String};
    let two_texts = || [String, String];
    context.declare_func(
        "can",
        FuncDef::new(|args| Ok(Value::Bool(!args[0].is_null())), [Any]),
    );
    context.declare_func(
        "contains",
        FuncDef::new(contains, [ParamType::array_of(Any), Any]),
    );
    context.declare_func(
        "endswith",
        FuncDef::new(
            |args| Ok(text(&args, 0).ends_with(text(&args, 1)).into()),
            two_texts(),
        ),
    );
    context.declare_func("floor", FuncDef::new(floor, [Number]));
    context.declare_func("length", FuncDef::new(length, [String]));
    context.declare_func(
        "lower",
        FuncDef::new(|args| Ok(text(&args, 0).to_lowercase().into()), [String]),
    );
    context.declare_func("regex", FuncDef::new(regex, two_texts()));
    context.declare_func(
        "startswith",
        FuncDef::new(
            |args| Ok(text(&args, 0).starts_with(text(&args, 1)).into()),
            two_texts(),
        ),
    );
    context.declare_func(
        "trimspace",
        FuncDef::new(|args| Ok(text(&args, 0).trim().into()), [String]),
    );
    context.declare_func(
        "upper",
        FuncDef::new(|args| Ok(text(&args, 0).to_uppercase().into()), [String]),
    );
}

fn text(args: &FuncArgs, index: usize) -> &str {
    args[index].as_str().unwrap_or_default()
}

fn contains(args: FuncArgs) -> Result<Value, String> {
    let found = args[0]
        .as_array()
        .is_some_and(|elements| elements.contains(&args[1]));
    Ok(Value::Bool(found))
}

fn length(args: FuncArgs) -> Result<Value, String> {
    Ok(Value::from(text(&args, 0).chars().count()))
}

/// A number keeps its kind: whole ones and others do not compare as equal here.
fn floor(args: FuncArgs) -> Result<Value, String> {
    let number = args[0].as_number().ok_or("not a number")?;
    match number.as_i64() {
        Some(_) => Ok(args[0].clone()),
        None => number
            .as_f64()
            .and_then(|value| hcl::Number::from_f64(value.floor()))
            .map(Value::Number)
            .ok_or_else(|| "not a finite number".to_owned()),
    }
}

fn regex(args: FuncArgs) -> Result<Value, String> {
    let pattern = Regex::new(text(&args, 0)).map_err(|error| error.to_string())?;
    let found = pattern.find(text(&args, 1));
    Ok(found.map_or(Value::Null, |found| Value::from(found.as_str())))
}
