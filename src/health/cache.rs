//! The doctor's word on the stores: the facility's own records, the regional data, and a damaged one would be rebuilt from.

use super::{CacheFacts, Check, Grade, HouseFacts, OwnFacts, checks::mebibytes};
use crate::{
    cache::{CacheState, Delivered},
    messages::{self, Message},
};

/// Tells what the facility keeps of its own. To keep none is in order, to have lost some is not.
pub(super) fn own(house: &HouseFacts) -> Check {
    if house.own_lost {
        let Message { ja, en, next_ja, next_en, .. } = messages::OWN_RECORDS_LOST;
        let found = Check::found("own_records", Grade::Warn, ja.into(), en.into());
        return found.fix(next_ja, next_en);
    }
    let (ja, en) = match house.own {
        None => (
            "この施設が受け取った資格情報はありません。".into(),
            "The facility keeps no received records.".into(),
        ),
        Some(OwnFacts { people, newest_days }) => (
            format!(
                "この施設が受け取った資格情報は {people} 人分で、最も新しいものは {newest_days} 日前です。"
            ),
            format!(
                "The facility keeps received records of {people} people; the newest came {newest_days} days ago."
            ),
        ),
    };
    Check::found("own_records", Grade::Ok, ja, en)
}

/// Judges the store. Whether there is a snapshot at all, and how old it is, is another check's matter.
pub(super) fn store(cache: CacheFacts) -> Check {
    let (grade, ja, en) = match cache.state {
        CacheState::Healthy => {
            (Grade::Ok, "保存先に傷みは見つかっていません", "No damage was found in the store")
        }
        CacheState::Empty => (Grade::Ok, "保存先は空です", "The store is empty"),
        CacheState::Closed => (Grade::Ok, "保存先は閉じています", "The store is not in use"),
        CacheState::Rebuilding => {
            (Grade::Warn, "保存先を作り直しています", "The store is being rebuilt")
        }
        CacheState::Behind => (
            Grade::Bad,
            "差分が壊れているか失われています。差分の前の時点のデータで答えています",
            "The changes that came last are damaged or lost; the box answers as of the data before them",
        ),
        CacheState::Damaged => {
            (Grade::Bad, "保存先に傷みが見つかりました", "Damage was found in the store")
        }
    };
    let kept = mebibytes(cache.delivered_bytes);
    let (kept_ja, kept_en) = match (cache.kept, cache.delivered_bytes) {
        (Delivered::Keep, 1..) => (
            format!("配信された控えがあります（{kept} MiB）"),
            format!("the delivered release is kept ({kept} MiB)"),
        ),
        (Delivered::Keep, 0) => {
            ("配信された控えはまだありません".into(), "no delivered release is kept yet".into())
        }
        (Delivered::Drop, _) => {
            ("配信された控えは残さない設定です".into(), "delivered releases are not kept".into())
        }
    };
    let check =
        Check::found("cache", grade, format!("{ja}。{kept_ja}。"), format!("{en}; {kept_en}."));
    match cache.state {
        CacheState::Rebuilding => check.fix(
            "終わるまで電源を切らずに待ってください。今答えられるものはそのまま使えます。",
            "Wait and leave the power on; what answers now keeps answering.",
        ),
        CacheState::Behind => check.fix(
            "sonae sync か sonae region import で差分か新しい地域データを取り込んでください。続くときは記憶装置の交換を管理者に相談してください。",
            "Fetch the changes or a newer release with `sonae sync` or `sonae region import`. If it comes back, ask your administrator about replacing the storage.",
        ),
        _ => check.fix(
            "箱を止めて sonae cache rebuild を行うか、sonae sync か sonae region import で取り込み直してください。続くときは記憶装置の交換を管理者に相談してください。",
            "Stop the box and run `sonae cache rebuild`, or fetch the data again with `sonae sync` or `sonae region import`. If it comes back, ask your administrator about replacing the storage.",
        ),
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;

    pub(in crate::health) fn sound() -> CacheFacts {
        CacheFacts { state: CacheState::Healthy, kept: Delivered::Keep, delivered_bytes: 130 << 20 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_bad_rebuilding_is_to_be_waited_for_and_the_rest_is_well() {
        let found = |state| store(CacheFacts { state, ..samples::sound() });
        assert_eq!(found(CacheState::Damaged).grade, Grade::Bad);
        assert!(found(CacheState::Damaged).fix_en.contains("cache rebuild"));
        assert_eq!(found(CacheState::Rebuilding).grade, Grade::Warn);
        assert_eq!(found(CacheState::Behind).grade, Grade::Bad);
        assert!(found(CacheState::Behind).en.contains("as of the data before them"));
        for well in [CacheState::Healthy, CacheState::Empty, CacheState::Closed] {
            assert_eq!((found(well).grade, found(well).fix_en), (Grade::Ok, ""));
        }
    }

    #[test]
    fn what_is_kept_for_rebuilding_is_told_with_its_size() {
        assert!(store(samples::sound()).en.contains("kept (130 MiB)"));
        let dropped = CacheFacts { kept: Delivered::Drop, delivered_bytes: 0, ..samples::sound() };
        assert!(store(dropped).en.contains("not kept"));
    }
}
