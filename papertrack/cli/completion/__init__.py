"""Completion in bash, zsh and fish.

command   the command `completion`, which puts a script together
install   writing it to the folder that the shell reads
table     the generated table of commands, options, arguments and words
scripts/  the shell functions, and the awk program that reads the table
"""
