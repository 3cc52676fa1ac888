//! Rows of a column file one at a time, whatever the file holds: never more than one row's ceiling in memory.

use super::{encoding::Encoding, rows::Reason};
use crate::limits;
use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
};

const READ_BYTES: usize = 64 << 10;

/// One row, unquoted and decoded.
#[derive(Default)]
pub(super) struct Record {
    /// Line it begins in, the heading being line 1.
    pub(super) line: u64,
    text: Vec<u8>,
    written: usize,
    ends: Vec<usize>,
    columns: usize,
}

impl Record {
    /// A field by its place, the first being 0.
    pub(super) fn field(&self, at: usize) -> Option<&str> {
        let ends = self.ends.get(..self.columns)?;
        let begin = at.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
        std::str::from_utf8(self.text.get(begin..*ends.get(at)?)?).ok()
    }

    /// All fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        (0..self.columns).filter_map(|at| self.field(at))
    }

    fn clear(&mut self, line: u64) {
        self.ends.resize(limits::CSV_COLUMNS_MAX, 0);
        (self.line, self.written, self.columns) = (line, 0, 0);
    }
}

/// What came next in a file.
pub(super) enum Next {
    /// A row; the record holds it.
    Row,
    /// A row that is none: where it begins, and why.
    Bad(u64, Reason),
    /// Nothing more.
    End,
}

/// One physical line.
enum Line {
    Bytes(Vec<u8>),
    TooLong,
}

/// How far a row has come with one more line.
enum Fed {
    Whole,
    /// A quotation mark is still open.
    Open,
    TooManyColumns,
}

/// Reads rows. A row that breaks the rules is named and left out, and reading goes on at the line behind its first.
pub(super) struct Records<R> {
    input: BufReader<R>,
    encoding: Encoding,
    parser: csv_core::Reader,
    line: u64,
    /// Lines to be read again: those an open quotation mark had swallowed.
    again: VecDeque<(u64, Line)>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, encoding: Encoding) -> Self {
        Self {
            input: BufReader::with_capacity(READ_BYTES, input),
            encoding,
            parser: ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build(),
            line: 0,
            again: VecDeque::new(),
        }
    }

    /// Reads the next row into `record`. Empty lines are no rows.
    pub(super) fn next(&mut self, record: &mut Record) -> io::Result<Next> {
        loop {
            match self.next_line()? {
                None => return Ok(Next::End),
                Some((line, Line::TooLong)) => return Ok(Next::Bad(line, Reason::RowTooLong)),
                Some((_, Line::Bytes(bytes))) if bytes.is_empty() => {}
                Some((line, Line::Bytes(bytes))) => return self.assemble(line, &bytes, record),
            }
        }
    }

    /// Puts a row together from as many lines as its quotation marks span.
    fn assemble(&mut self, line: u64, first: &[u8], record: &mut Record) -> io::Result<Next> {
        self.parser.reset();
        record.clear(line);
        let mut row_bytes = first.len();
        let mut swallowed = vec![];
        let mut fed = self.feed(first, record);
        while matches!(fed, Fed::Open) {
            match self.next_line()? {
                Some((line, Line::Bytes(bytes)))
                    if row_bytes + bytes.len() < limits::CSV_LINE_BYTES_MAX =>
                {
                    row_bytes += bytes.len() + 1;
                    fed = self.feed(&bytes, record);
                    swallowed.push((line, Line::Bytes(bytes)));
                }
                behind => {
                    // Nobody closes this quotation mark: what it swallowed is other rows, and they are read for themselves.
                    swallowed.extend(behind);
                    self.give_back(swallowed);
                    return Ok(Next::Bad(line, Reason::QuoteOpen));
                }
            }
        }
        Ok(match fed {
            Fed::TooManyColumns => Next::Bad(line, Reason::TooManyColumns),
            Fed::Whole | Fed::Open => Next::Row,
        })
    }

    fn feed(&mut self, line: &[u8], record: &mut Record) -> Fed {
        let mut text = self.encoding.decode(line).into_owned();
        text.push('\n');
        record.text.resize(record.written + text.len(), 0); // unquoting never makes a text longer
        let (Some(output), Some(ends)) =
            (record.text.get_mut(record.written..), record.ends.get_mut(record.columns..))
        else {
            return Fed::TooManyColumns;
        };
        let (result, _, written, columns) = self.parser.read_record(text.as_bytes(), output, ends);
        record.written += written;
        record.columns += columns;
        match result {
            ReadRecordResult::Record => Fed::Whole,
            ReadRecordResult::InputEmpty => Fed::Open,
            // There is room for the whole text, so it is the columns that have none left.
            ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull
            | ReadRecordResult::End => Fed::TooManyColumns,
        }
    }

    fn give_back(&mut self, lines: Vec<(u64, Line)>) {
        for line in lines.into_iter().rev() {
            self.again.push_front(line);
        }
    }

    fn next_line(&mut self) -> io::Result<Option<(u64, Line)>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let line = self.read_line()?;
        self.line += u64::from(line.is_some());
        Ok(line.map(|line| (self.line, line)))
    }

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = vec![];
        let ceiling = limits::CSV_LINE_BYTES_MAX as u64 + 1;
        let taken = (&mut self.input).take(ceiling).read_until(b'\n', &mut bytes)? as u64;
        if bytes.pop_if(|last| *last == b'\n').is_some() {
            bytes.pop_if(|last| *last == b'\r');
        } else if taken == ceiling {
            self.skip_line()?;
            return Ok(Some(Line::TooLong));
        }
        Ok((taken > 0).then_some(Line::Bytes(bytes)))
    }

    /// Reads past the end of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(buffer.len(), |at| at + 1);
            self.input.consume(count);
            if end.is_some() || count == 0 {
                return Ok(());
            }
        }
    }
}
