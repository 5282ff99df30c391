//! Small pieces that several pages use. What must not be here: anything that knows a whole page.

mod deed;
mod failover_table;
mod failover_words;
mod field;
mod lag_line;
mod mark;
mod notice;
mod panel;
mod parameter_field;
pub(crate) mod parameter_form;
mod plan_counts;
mod precondition;
mod reading;
mod region_picture;
mod regions;
mod run_table;
mod run_title;
mod sprite;
mod when;

pub(crate) use deed::deed;
pub(crate) use failover_table::{failover_list, failover_table};
pub(crate) use failover_words::{failover_kind, failover_title, step_title};
pub(crate) use field::{FieldText, Select, error_of, field, field_id, select, textarea_content};
pub(crate) use lag_line::{LagLine, lag_line};
pub(crate) use mark::{Mark, Shape, Tone};
pub(crate) use notice::{alert, empty, problem};
pub(crate) use panel::{crumbs, panel, reason, table_wrap};
pub(crate) use plan_counts::plan_counts;
pub(crate) use precondition::{preconditions, tally};
pub(crate) use reading::{age, reading, why};
pub(crate) use region_picture::{Picture, region_picture};
pub(crate) use regions::regions;
pub(crate) use run_table::{run_list, run_table};
pub(crate) use run_title::{kind_word, run_title};
pub(crate) use sprite::{icon, sprite};
pub(crate) use when::when;
