//! `sonae verify`: one question, one answer.

use super::{
    appliance,
    args::VerifyArgs,
    output::{CliError, Reply},
};
use crate::{
    app::{Ask, Question, ToldFields, settle_told},
    domain::{evidence::CardSeen, ladder::Setting},
    limits::UPLOAD_BYTES_MAX,
    messages,
    sys::{Disk, RealDisk},
};

/// Asks the box. Everything handed in is read before the box is opened.
pub fn run(args: &VerifyArgs) -> Result<Reply, CliError> {
    let ask = match (&args.insurer, &args.qr, &args.image) {
        (Some(insurer), ..) => {
            let number =
                args.number.as_deref().ok_or(CliError::rule(&messages::QUESTION_INCOMPLETE))?;
            let identity =
                appliance::identity(insurer, &args.symbol, number, args.branch.as_deref())?;
            Ask::Numbers {
                identity,
                birth: args.birthdate.as_deref().map(appliance::date).transpose()?,
            }
        }
        (_, Some(text), _) => Ask::Text(text.clone()),
        (_, _, Some(path)) => Ask::Picture(RealDisk.read(path, UPLOAD_BYTES_MAX)?),
        (None, None, None) if args.nothing => Ask::Nothing,
        (None, None, None) => return Err(CliError::rule(&messages::QUESTION_INCOMPLETE)),
    };
    let on = args.on.as_deref().map(appliance::date).transpose()?;
    let card = if args.card_seen { CardSeen::Seen } else { CardSeen::NotSeen };
    let told: Vec<ToldFields> = match &args.told {
        None => vec![],
        Some(text) => {
            serde_json::from_str(text).map_err(|_| CliError::rule(&messages::TOLD_UNREADABLE))?
        }
    };
    let told = settle_told(&told)?;
    let setting = if args.disaster { Setting::Disaster } else { Setting::Ordinary };
    let question = Question { ask, card, on, told, setting };
    let checked = appliance::open_box(&args.data)?.verify(&question)?;
    Reply::done(&checked)
}
