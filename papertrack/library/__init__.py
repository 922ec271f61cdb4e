"""The reader's library: papers, marks, settings. Every change goes through here.

library      the door: finding, ids, adding papers, marking, settings
pasted       titles and ids in what was pasted: citations, entries, names of files
searching    what a line that was typed or pasted may mean, and the papers
settings     desk.json as it is read: views, rules, feeds, states of sources, history
rules        what a rule says, and the mark that it makes of a mark
follows      following authors and others: a rule and a view for each
digests      which papers digests contained, and the messages that wait to be sent
listings     the numbers that papers have in each terminal
similar      papers that are like one of the library
vectors      papers as numbers, saved in the cache
models       what the papers of each tag have in common, and who fits, saved likewise
recommending papers ranked by these
origins      which service stated a fact of a paper, and when
explaining   how a search finds a paper
undo_log     the steps that can be undone, as stored
new_step     a step of the undo log as it is to be stored
stored       the records of papers, read from their files
staged_records  those that an edit has written, read again when they are needed

step_changes what a step changes, collected while it is being made
edit         the half that writes: one transaction over papers, marks and settings
apply_rules  which papers rules match, one rule after the other
storing      records stored in the files of their papers, or removed
temporary    a database for what may be too much for memory
to_restore   what undoing steps restores, on disk
undo         undo and redo of any number of steps; removing papers
marks        tags, statuses, stars, notes
decisions    changes of marks on top of what others changed
batches      decisions written in several batches, as one step
preview      papers of a source as they are or would be in the library
enriching    what services state of papers that were looked up
adding       what sources report, merged with the stored papers; rules for new papers
run_step     the step of the undo log for all that one run adds
proposals    feeds and rules of another library: listed, taken on request
join         another library, merged into this one
restore      a library put back from a backup
conflicts    files that sync tools or git left with two versions
doctor/      checks of all this, and repairs
completion_names  names for the shells to complete, in the cache
"""
