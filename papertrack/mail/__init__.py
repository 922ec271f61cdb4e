"""Digests of new papers, and their way to the reader by e-mail.

    digest     which papers a digest has, why each is in it, and why there are none
    entries    what a digest says of a paper, the same in every form
    text       a digest as plain text
    markdown   a digest as Markdown: a reading list
    html       a digest as a page that mail clients show too
    formats    the forms of a digest by name and by suffix
    message    an e-mail: its parts, its headers, its bytes
    account    the settings `mail.*`: who sends, to whom, and by which server or program
    secret     the password or token for a server
    smtp       a message to a mail server
    program    a message to a program such as msmtp
    delivery   sending digests: never twice, never lost

Nothing is printed here, and the clock is read by nobody.
"""
