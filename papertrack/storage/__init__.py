"""The library's files on disk; the only package that knows TinyDB and the lock.

layout       names of files, stamps that show a change, private folders
atomic       one file replaced wholly or not at all; also for caches
checked_file a file in a folder of another program, whose checksum shows a change
file_batch   several files of a folder of the reader's, replaced together
pruning      a folder of cached files, kept within a size
part_file    a file that arrives in parts, resumed where it was cut off
parts        a folder of files that papertrack keeps as they should be
reading      files as checked tables, records and documents, without TinyDB
json_lines   single documents of a file with one document per line
edit         the new content of a file, by TinyDB
folder       a library's folder; refuses links and what is not a file
journal      several files staged, committed, and completed after a kill
plans        what this machine decided to change, in its state folder
abandoned    changes decided elsewhere, completed only if the reader agrees
waiting      waiting for other processes, for a limited time, reported after two seconds
processes    other processes, for messages and to end them
workers      work spread over other processes
file_lock    the lock of any file, acquired with a limit and a notice
lock         the lock of a library
approvals    what the reader decided on this machine: feeds named here, own backups
transaction  all that one step changes, under the lock, committed together
tar_guard    an archive, checked before `tarfile` reads it
archive      a library in one file
backups      rolling backups of marks and settings, archives of replaced libraries
"""
