//! warp: routes, pages, JSON, status codes.

mod html;
mod pages;
#[cfg(test)]
mod samples;
mod told;

pub use pages::Purpose;

#[cfg(test)]
mod look {
    use super::{pages::*, samples::*};
    use crate::{disaster::search::Difference, messages};
    use askama::Template;
    #[test]
    fn look() {
        let open_frame = || Frame { purpose: Purpose::Service, disaster: open() };
        let w = |n: &str, s: String| std::fs::write(format!("/tmp/w/look/{n}.html"), s.replace("/assets/", "/tmp/w/web/assets/web/")).unwrap();
        std::fs::create_dir_all("/tmp/w/look").unwrap();
        w("counter", CounterPage { frame: frame() }.render().unwrap());
        let f = || AskedBy::Fields(vec![("text", "51731".into())]);
        w("eligible", AnswerPage { frame: frame(), checked: eligible(), asked: f() }.render().unwrap());
        w("not", AnswerPage { frame: open_frame(), checked: not_eligible(), asked: f() }.render().unwrap());
        w("cannot", AnswerPage { frame: frame(), checked: cannot_tell(), asked: f() }.render().unwrap());
        w("closed", DisasterPage { frame: frame() }.render().unwrap());
        w("open", DisasterPage { frame: open_frame() }.render().unwrap());
        let c = vec![candidate("a", "髙橋　練習", vec![]), candidate("b", "高橋　練習", vec![Difference::VariantKanji, Difference::Address])];
        w("candidates", CandidatesPage { frame: open_frame(), viewer: viewer(), candidates: c }.render().unwrap());
        w("drugs", DrugsPage { frame: open_frame(), handle: "aa".into(), view: drug_view() }.render().unwrap());
        w("status", StatusPage { frame: frame(), status: status() }.render().unwrap());
        w("problem", ProblemPage { frame: frame(), side: Side::Counter, message: &messages::UPLOAD_TOO_LARGE }.render().unwrap());
        w("notnow", ProblemPage { frame: frame(), side: Side::Counter, message: &messages::DISK_FULL }.render().unwrap());
    }
}
