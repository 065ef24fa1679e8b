"""How do files of other people and programs come in and go out?"""
