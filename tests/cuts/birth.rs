//! A box being made: after a cut it is a box or it is none, and then it can be made again.

use super::{
    disk,
    house::TEMPLATE,
    play::Play,
    ready_box::{PASSPHRASE, machine},
};
use sonae::{
    app::{Appliance, BoxIdentity},
    messages::Trouble,
    sys::sim::{SeedDice, SimDisk},
};
use std::sync::Arc;
use tempfile::TempDir;

struct Birth {
    disk: Arc<SimDisk>,
    root: TempDir,
    is_made: bool,
}

pub fn set(seed: u64) -> Box<dyn Play> {
    Box::new(Birth { disk: disk(seed), root: tempfile::tempdir().unwrap(), is_made: false })
}

impl Birth {
    fn create(&self) -> Result<(), sonae::app::AppError> {
        let identity = BoxIdentity {
            id: [0; 16],
            facility_code: "1711012342".into(),
            facility_name: "架空診療所".into(),
            municipality: 172_049,
            root: Some(TEMPLATE.world.keys.root_document(TEMPLATE.world.now).into()),
        };
        Appliance::create(&machine(self.disk.clone(), 1), self.root.path(), PASSPHRASE, identity)
    }
}

impl Play for Birth {
    fn disk(&self) -> &Arc<SimDisk> {
        &self.disk
    }

    fn work(&mut self, _: &SeedDice) {
        if !self.is_made {
            self.is_made = self.create().is_ok();
        }
    }

    fn look(&mut self) -> Result<(), String> {
        let opened = Appliance::open(&machine(self.disk.clone(), 2), self.root.path(), PASSPHRASE);
        match opened {
            Ok(_) => {
                self.is_made = true; // the cut fell behind the last step that mattered
                Ok(())
            }
            Err(e) if !self.is_made && e.message().code == "data_absent" => Ok(()),
            Err(e) => Err(format!("made: {}, and yet {e:?}", self.is_made)),
        }
    }

    fn acknowledged(&self) -> u64 {
        u64::from(self.is_made)
    }
}
