//! What the room `notebook` may refuse.

use crate::messages::catalogue;

catalogue! {
    NOTEBOOK_EMPTY = "notebook_empty" BadInput {
        "お薬手帳のデータが空です。"
        "The notebook text is empty."
        "QRコードをもう一度読み取ってください。"
        "Scan the code again."
    }
    NOTEBOOK_TOO_LARGE = "notebook_too_large" TooLarge {
        "お薬手帳のデータが大きすぎます。"
        "The notebook text is too large."
        "新しいページのQRコードから、少しずつ読み取ってください。"
        "Scan fewer codes, the newest first."
    }
    NOTEBOOK_NOT_JAHIS = "notebook_not_jahis" BadInput {
        "お薬手帳や処方箋のデータではありません。"
        "This is not a JAHIS notebook or prescription text."
        "分割されたQRコードは一枚目から順に読み取ってください。"
        "If the code is one of several, scan them from the first."
    }
    NOTEBOOK_MIXED_PARTS = "notebook_mixed_parts" BadInput {
        "別々のデータのQRコードが混ざっています。"
        "Codes of different texts are mixed."
        "一組のQRコードだけを、もう一度読み取ってください。"
        "Scan the codes of one set alone."
    }
    NOTEBOOK_MIXED_PATIENTS = "notebook_mixed_patients" Refused {
        "別の人のデータが混ざっています。まとめませんでした。"
        "Texts of different people are mixed. They were not merged."
        "本人のQRコードだけを、もう一度読み取ってください。"
        "Scan the codes of one person alone."
    }
    NOTEBOOK_PART_TOO_SMALL = "notebook_part_too_small" BadInput {
        "QRコード一枚に入る大きさが小さすぎて、薬の記録が入りません。"
        "One code is too small to hold a drug record."
        "一枚の大きさを大きくしてください。"
        "Allow more bytes for one code."
    }
}
