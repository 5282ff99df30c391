//! Which resource blocks an expression of a test looks at, and at which of their arguments.
//!
//! An expression is followed as Terraform would evaluate it: through variables of `for`, splats, functions that hand
//! objects on, locals, outputs and outputs of called modules. What must not be here: which looks count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use hcl::edit::Decorated;
use hcl::edit::expr::{Expression, ForExpr, FuncCall, Object, Traversal, TraversalOperator};
use hcl::edit::template::{Element, StringTemplate};

use crate::terraform::configuration::{Configuration, Folder};

/// A resource block by the folder it is written in and its address there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BlockId {
    pub(super) folder: PathBuf,
    pub(super) address: String,
}

/// What of a block is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Read {
    /// One of its attributes or nested blocks.
    Attribute(String),
    /// How many there are.
    Number,
}

/// What an expression stands for, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Block(BlockId),
    Module(PathBuf),
}

type Meanings = BTreeSet<Meaning>;

/// Names that are not the folder's own: variables of `for`.
type Bound = BTreeMap<String, Meanings>;

/// Follows the expressions of one run of a test.
pub(super) struct Reader<'a> {
    configuration: &'a Configuration,
    /// The folders earlier runs of the file were made in, by the run's name.
    runs: &'a BTreeMap<String, PathBuf>,
    reads: BTreeSet<(BlockId, Read)>,
    /// Locals and outputs being followed: one that leads back to itself is left.
    following: Vec<(PathBuf, String)>,
}

/// What `expression`, written for `folder`, reads.
pub(super) fn reads(
    configuration: &Configuration,
    runs: &BTreeMap<String, PathBuf>,
    folder: &Path,
    expression: &Expression,
) -> Result<BTreeSet<(BlockId, Read)>> {
    let mut reader = Reader {
        configuration,
        runs,
        reads: BTreeSet::new(),
        following: Vec::new(),
    };
    reader.follow(configuration.folder(folder)?, &Bound::new(), expression)?;
    Ok(reader.reads)
}

impl<'a> Reader<'a> {
    fn follow(&mut self, folder: &'a Folder, bound: &Bound, expression: &Expression) -> Result<Meanings> {
        match expression {
            Expression::Array(array) => self.follow_all(folder, bound, array.iter()),
            Expression::Object(object) => self.object(folder, bound, object),
            Expression::StringTemplate(template) => self.template(folder, bound, template),
            Expression::Parenthesis(inner) => self.follow(folder, bound, inner.inner()),
            Expression::Variable(name) => Ok(bound.get(name.as_str()).cloned().unwrap_or_default()),
            Expression::ForExpr(each) => self.for_each(folder, bound, each),
            Expression::Conditional(choice) => {
                self.follow(folder, bound, &choice.cond_expr)?;
                self.follow_all(folder, bound, [&choice.true_expr, &choice.false_expr])
            }
            Expression::FuncCall(call) => self.call(folder, bound, call),
            Expression::UnaryOp(operation) => self.nothing(folder, bound, [&operation.expr]),
            Expression::BinaryOp(operation) => {
                self.nothing(folder, bound, [&operation.lhs_expr, &operation.rhs_expr])
            }
            Expression::Traversal(traversal) => self.traversal(folder, bound, traversal),
            _ => Ok(Meanings::new()),
        }
    }

    fn follow_all<'e>(
        &mut self,
        folder: &'a Folder,
        bound: &Bound,
        expressions: impl IntoIterator<Item = &'e Expression>,
    ) -> Result<Meanings> {
        let mut meanings = Meanings::new();
        for expression in expressions {
            meanings.extend(self.follow(folder, bound, expression)?);
        }
        Ok(meanings)
    }

    /// Follows what is read on the way to a value that is no block.
    fn nothing<'e>(
        &mut self,
        folder: &'a Folder,
        bound: &Bound,
        expressions: impl IntoIterator<Item = &'e Expression>,
    ) -> Result<Meanings> {
        self.follow_all(folder, bound, expressions)
            .map(|_| Meanings::new())
    }

    fn object(&mut self, folder: &'a Folder, bound: &Bound, object: &Object) -> Result<Meanings> {
        for (key, _) in object {
            if let Some(key) = key.as_expr() {
                self.follow(folder, bound, key)?;
            }
        }
        self.follow_all(folder, bound, object.iter().map(|(_, value)| value.expr()))
    }

    fn template(&mut self, folder: &'a Folder, bound: &Bound, template: &StringTemplate) -> Result<Meanings> {
        let inner = template.iter().filter_map(|element| match element {
            Element::Interpolation(interpolation) => Some(&interpolation.expr),
            _ => None,
        });
        self.nothing(folder, bound, inner)
    }

    fn for_each(&mut self, folder: &'a Folder, bound: &Bound, each: &ForExpr) -> Result<Meanings> {
        let collection = self.follow(folder, bound, &each.intro.collection_expr)?;
        let mut inside = bound.clone();
        if let Some(key) = &each.intro.key_var {
            inside.insert(key.to_string(), Meanings::new());
        }
        inside.insert(each.intro.value_var.to_string(), collection);
        self.nothing(folder, &inside, &each.key_expr)?;
        self.nothing(folder, &inside, each.cond.as_ref().map(|cond| &cond.expr))?;
        self.follow(folder, &inside, &each.value_expr)
    }

    /// A function may hand on what it is given (`concat`, `values`, `one`); `length` and `keys` read how many there are.
    fn call(&mut self, folder: &'a Folder, bound: &Bound, call: &FuncCall) -> Result<Meanings> {
        let given = self.follow_all(folder, bound, call.args.iter())?;
        if matches!(call.name.name.as_str(), "length" | "keys") {
            for meaning in &given {
                if let Meaning::Block(block) = meaning {
                    self.reads.insert((block.clone(), Read::Number));
                }
            }
        }
        Ok(given)
    }

    fn traversal(&mut self, folder: &'a Folder, bound: &Bound, traversal: &Traversal) -> Result<Meanings> {
        let steps = traversal.operators.as_slice();
        for step in steps {
            if let TraversalOperator::Index(index) = step.value() {
                self.follow(folder, bound, index)?;
            }
        }
        let root = match &traversal.expr {
            Expression::Variable(name) if !bound.contains_key(name.as_str()) => name.as_str(),
            other => {
                let meanings = self.follow(folder, bound, other)?;
                return self.steps(meanings, steps);
            }
        };
        let Some((TraversalOperator::GetAttr(name), rest)) = split(steps) else {
            return Ok(Meanings::new());
        };
        match root {
            "var" | "data" | "each" | "self" | "path" | "terraform" | "count" => Ok(Meanings::new()),
            "local" => self.named(folder, "local", name, rest),
            "output" => self.named(folder, "output", name, rest),
            "run" => match self.runs.get(name.as_str()) {
                Some(run) => self.steps([Meaning::Module(run.clone())].into(), rest),
                None => Ok(Meanings::new()),
            },
            "module" => match folder.calls().remove(name.as_str()) {
                Some(called) => self.steps([Meaning::Module(called)].into(), rest),
                None => Ok(Meanings::new()),
            },
            kind => {
                let block = BlockId {
                    folder: folder.path.clone(),
                    address: format!("{kind}.{}", name.as_str()),
                };
                self.steps([Meaning::Block(block)].into(), rest)
            }
        }
    }

    /// Goes on from what is reached: an attribute of a block is read, an output of a module followed.
    fn steps(&mut self, meanings: Meanings, steps: &[Decorated<TraversalOperator>]) -> Result<Meanings> {
        let attribute = steps
            .iter()
            .position(|step| matches!(step.value(), TraversalOperator::GetAttr(_)));
        let Some((TraversalOperator::GetAttr(name), rest)) = attribute.and_then(|at| split(&steps[at..]))
        else {
            return Ok(meanings);
        };
        let mut reached = Meanings::new();
        for meaning in meanings {
            match meaning {
                Meaning::Block(block) => {
                    self.reads.insert((block, Read::Attribute(name.to_string())));
                }
                Meaning::Module(path) => {
                    let folder = self.configuration.folder(&path)?;
                    reached.extend(self.named(folder, "output", name, rest)?);
                }
            }
        }
        Ok(reached)
    }

    /// Follows the value of a local or an output; of an object only the member that is asked for.
    fn named(
        &mut self,
        folder: &'a Folder,
        kind: &str,
        name: &str,
        steps: &[Decorated<TraversalOperator>],
    ) -> Result<Meanings> {
        let value = if kind == "local" {
            folder.local(name)
        } else {
            folder.output(name)
        };
        let here = (folder.path.clone(), format!("{kind}.{name}"));
        let Some(value) = value.filter(|_| !self.following.contains(&here)) else {
            return Ok(Meanings::new());
        };
        let (value, steps) = member(value, steps);
        self.following.push(here);
        let meanings = self.follow(folder, &Bound::new(), value);
        self.following.pop();
        self.steps(meanings?, steps)
    }
}

fn split(
    steps: &[Decorated<TraversalOperator>],
) -> Option<(&TraversalOperator, &[Decorated<TraversalOperator>])> {
    steps.split_first().map(|(first, rest)| (first.value(), rest))
}

/// Goes into a written object as far as the steps name members of it.
fn member<'e, 's>(
    value: &'e Expression,
    steps: &'s [Decorated<TraversalOperator>],
) -> (&'e Expression, &'s [Decorated<TraversalOperator>]) {
    let (Expression::Object(object), Some((step, rest))) = (value, split(steps)) else {
        return (value, steps);
    };
    let wanted = match step {
        TraversalOperator::GetAttr(name) => name.as_str(),
        TraversalOperator::Index(index) => index.as_str().unwrap_or_default(),
        _ => return (value, steps),
    };
    let found = object.iter().find(|(key, _)| {
        let key = key
            .as_ident()
            .map(|name| name.as_str())
            .or_else(|| key.as_expr()?.as_str());
        key == Some(wanted)
    });
    match found {
        Some((_, inner)) => member(inner.expr(), rest),
        None => (value, steps),
    }
}
