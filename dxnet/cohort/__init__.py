"""How are tables of many cases read, mapped and answered?"""
