//! Progress bars on standard error; none where nobody watches.

use crate::snapshot::{Progress, Step};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// One bar for each step, in order.
#[derive(Default)]
pub struct Bars {
    current: Option<(Step, ProgressBar)>,
}

impl Bars {
    /// No bar yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows how far a piece of work has come.
    pub fn show(&mut self, progress: Progress) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        if self.current.as_ref().is_none_or(|(step, _)| *step != progress.step) {
            self.finish();
            self.current = Some((progress.step, bar(progress)));
        }
        if let Some((_, bar)) = &self.current {
            bar.set_position(progress.done);
        }
    }

    fn finish(&mut self) {
        if let Some((_, bar)) = self.current.take() {
            bar.finish();
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A percentage only of what is known: one that stands at 0 to the end looks like a program that hangs.
fn template(progress: Progress) -> &'static str {
    match progress.total {
        Some(_) => "{msg:32} {wide_bar} {percent:>3} %",
        None => "{msg:32} {spinner} {human_pos}",
    }
}

fn bar(progress: Progress) -> ProgressBar {
    let bar = progress.total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if let Ok(style) = ProgressStyle::with_template(template(progress)) {
        bar.set_style(style);
    }
    bar.set_message(match progress.step {
        Step::Reading => "読み込む (reading)",
        Step::Encoding => "人を詰める (packing people)",
        Step::Writing => "書き出す (writing)",
        Step::Verifying => "確かめる (verifying)",
        Step::Delivering => "受け取る (fetching)",
        Step::Importing => "取り込む (importing)",
        Step::SelfCheck => "答えを試す (self-check)",
    });
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_shown_only_where_the_whole_is_known() {
        let shown = |total| template(Progress { step: Step::Writing, done: 3, total });
        assert!(shown(Some(9)).contains("{percent"));
        assert!(!shown(None).contains("{percent") && shown(None).contains("{human_pos}"));
    }
}
