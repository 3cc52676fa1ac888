//! What may be wrong with a table of dated rules.

use crate::messages::catalogue;

catalogue! {
    RULEBOOK_TOO_LARGE = "rulebook_too_large" TooLarge {
        "規則の表が大きすぎます。読み込みませんでした。"
        "The table of rules is too large. It was not read."
        "正しいファイルか確かめてください。"
        "Check that this is the right file."
    }
    RULEBOOK_UNREADABLE = "rulebook_unreadable" BadInput {
        "規則の表として読めません。今の規則を使い続けます。"
        "This is not readable as a table of rules. The rules held stay in use."
        "すべての規則が一つずつあり、知らない項目がないか、docs/rules.md と見比べてください。"
        "Compare it with docs/rules.md: every rule must be there, and nothing unknown."
    }
    RULEBOOK_SOURCE_MISSING = "rulebook_source_missing" BadInput {
        "出典のない規則があります。今の規則を使い続けます。"
        "A rule names no source. The rules held stay in use."
        "すべての規則に出典を書いてください。確かめられていなければ confirmed = false とします。"
        "Give every rule its source; where it is not settled, say confirmed = false."
    }
    RULEBOOK_PERIODS_OVERLAP = "rulebook_periods_overlap" BadInput {
        "同じ規則の期間が重なっています。今の規則を使い続けます。"
        "Periods of one rule overlap. The rules held stay in use."
        "期間を古い順に並べ、前の期間の最後の日を次の期間より前にしてください。"
        "Put the periods in order, and end each before the next begins."
    }
    RULEBOOK_CONTRADICTS = "rulebook_contradicts" BadInput {
        "規則の表に食い違いがあります。今の規則を使い続けます。"
        "The table of rules contradicts itself or the list it came with. The rules held stay in use."
        "発行元に、値と期間を直して作り直すよう求めてください。"
        "Ask the publisher to put the values and periods right."
    }
}
