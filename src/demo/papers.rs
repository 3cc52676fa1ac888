//! The sample papers of the invented world: certificates, a notice, orders; as digits, PDF and picture.

use crate::{
    app::AppError,
    credential,
    demo::world::{REVOKED_SERIAL, World},
    disaster::order::{self, OpeningSecretBytes, OrderFacts, OrderKind},
    domain::{
        area::Area,
        evidence::{DocumentClaims, DocumentKind},
        person::PersonRecord,
        time::Stamp,
    },
    print, scan,
    seal::SigningKeypair,
};
use jiff::{ToSpan, civil::Date};
use std::path::PathBuf;

/// A page photographed with a telephone, roughly.
const PICTURE_DPI: u16 = 200;

/// One paper in all its forms.
pub struct Paper {
    /// The digits a scanner types.
    pub digits: String,
    /// The printed sheet.
    pub pdf: Vec<u8>,
}

/// Which certificate to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// In force.
    Good,
    /// On the revocation list.
    Revoked,
    /// Past its last day.
    Expired,
}

impl World {
    fn issuer_of(&self, record: &PersonRecord) -> (&SigningKeypair, &'static str) {
        match record.identity.insurer.law_code() {
            Some(1) => (&self.keys.kyokai, "架空健康保険協会 石川支部"),
            _ => (&self.keys.others, "架空保険者連合会"),
        }
    }

    /// A certificate (資格確認書) of one person.
    pub fn certificate(
        &self,
        record: &PersonRecord,
        state: CertificateState,
    ) -> Result<Paper, AppError> {
        let today = self.now.day();
        let (valid_to, serial) = match state {
            CertificateState::Good => (today.saturating_add(2.years()), *b"good-1"),
            CertificateState::Revoked => (today.saturating_add(2.years()), REVOKED_SERIAL),
            CertificateState::Expired => (today.saturating_sub(1.days()), *b"endedx"),
        };
        let claims = claims_of(record, DocumentKind::Certificate, today, Some(valid_to), serial);
        let (issuer, name) = self.issuer_of(record);
        let digits = credential::issue(&claims, issuer)?;
        let pdf = print::certificate_sheet(&claims, &digits, name, today)?.pdf;
        Ok(Paper { digits, pdf })
    }

    /// A notice (資格情報のお知らせ) of one person.
    pub fn notice(&self, record: &PersonRecord) -> Result<Paper, AppError> {
        let today = self.now.day();
        let claims = claims_of(record, DocumentKind::Notice, today, None, *b"notice");
        let (issuer, name) = self.issuer_of(record);
        let digits = credential::issue(&claims, issuer)?;
        let pdf = print::notice_sheet(&claims, &digits, name, today)?.pdf;
        Ok(Paper { digits, pdf })
    }

    /// An order that opens disaster mode in one area for a week (field.md A1).
    pub fn order(&self, number: u32, area: Area, area_name: &str) -> Result<Paper, AppError> {
        let today = self.now.day();
        let opening = &self.keys.opening;
        let facts = OrderFacts {
            number,
            revision: 1,
            kind: OrderKind::Open,
            areas: vec![area],
            from: today,
            until: today.saturating_add(6.days()),
            issued_at: self.now,
            reason: "架空地震の訓練".into(),
            opening: Some(OpeningSecretBytes::new(opening.id().0, *opening.expose())),
        };
        let digits = order::issue_order(&facts, &self.keys.authority)?;
        let sheet = print::OrderFacts {
            number: number.to_string(),
            revision: u32::from(facts.revision),
            authority: "架空省 災害対策室".into(),
            areas: vec![(area_code(area), area_name.into())],
            from: Stamp::start_of(facts.from),
            until: Stamp::start_of(facts.until).plus_days(1),
            issued_on: today,
            reason: facts.reason.clone(),
        };
        let pdf = print::order_sheet(&sheet, &digits)?.pdf;
        Ok(Paper { digits, pdf })
    }

    /// Writes the five samples, each as PDF and picture, and returns their directory.
    pub fn write_samples(&self) -> Result<PathBuf, AppError> {
        let cast = self.region.cast();
        let employee = &cast.employee.0;
        let dir = self.dir.join("samples");
        self.machine.disk.make_dir(&dir)?;
        for (name, paper) in [
            ("certificate", self.certificate(employee, CertificateState::Good)?),
            ("certificate-revoked", self.certificate(employee, CertificateState::Revoked)?),
            ("certificate-expired", self.certificate(employee, CertificateState::Expired)?),
            ("notice", self.notice(&cast.late_elder.0)?),
            ("disaster-order", self.order(1, Area::Prefecture(17), "石川県")?),
        ] {
            self.machine.disk.replace(&dir.join(format!("{name}.pdf")), &paper.pdf)?;
            let picture = scan::page_picture(&paper.pdf, 1, PICTURE_DPI)?;
            self.machine.disk.replace(&dir.join(format!("{name}.png")), &picture)?;
            self.machine.disk.replace(&dir.join(format!("{name}.txt")), paper.digits.as_bytes())?;
        }
        Ok(dir)
    }
}

fn area_code(area: Area) -> String {
    match area {
        Area::Prefecture(number) => format!("{number:02}"),
        Area::Municipality(code) => format!("{code:06}"),
    }
}

fn claims_of(
    record: &PersonRecord,
    kind: DocumentKind,
    today: Date,
    valid_to: Option<Date>,
    serial: [u8; 6],
) -> DocumentClaims {
    DocumentClaims {
        kind,
        identity: record.identity.clone(),
        name: record.name.clone(),
        kana: record.kana.clone(),
        birth: record.birth,
        sex: record.sex,
        relation: record.relation,
        burden: record.burden,
        limit_class: record.limit_class.clone(),
        valid_from: record.valid_from,
        issued_on: record.valid_from.max(today.saturating_sub(60.days())),
        valid_to,
        serial,
    }
}
