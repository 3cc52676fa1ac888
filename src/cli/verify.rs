//! `sonae verify`: one question, one answer.

use super::{
    appliance,
    args::VerifyArgs,
    output::{CliError, Reply},
};
use crate::{
    app::{Ask, Question},
    domain::evidence::CardSeen,
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
        (None, None, None) => return Err(CliError::rule(&messages::QUESTION_INCOMPLETE)),
    };
    let on = args.on.as_deref().map(appliance::date).transpose()?;
    let card = if args.card_seen { CardSeen::Seen } else { CardSeen::NotSeen };
    let checked = appliance::open_box(&args.data)?.verify(&Question { ask, card, on })?;
    Reply::done(&checked)
}
