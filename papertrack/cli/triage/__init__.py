"""`triage`: one paper per screen, one key per decision, then the next paper.

command    the options, the papers, what is reported afterwards
run        the loop: keys, signals, the screen, saving in between
controls   what each key does
sitting    the papers, the place among them, decisions, undo and redo; pure
screen     a view as rows of styled texts, for any size; pure
paper_rows a paper as such rows; pure
line       a line of input with completion; pure
keys       the bytes that a terminal sends, as names of keys; pure
terminal   raw keys, the alternate screen, signals of a job
saver      decisions are saved in a thread, so that no key waits

What keys do is in the table of config.triage_keys.
"""
