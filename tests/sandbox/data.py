# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A made-up company, the same on every run: people, teams, leave, pay. No real person is in it.
import datetime
import hashlib

TODAY = "2026-06-30"                    # the sandbox's day, so that the data never changes
FIRST_NAMES = ("Amelia", "Zoë", "Łukasz", "Priya", "Tom", "Siân", "José", "Ngozi", "Yuki", "Ada",
               "Oliver", "Fatima", "Björn", "Chloé", "Dmitri", "Mei", "Hamish", "Aoife", "Ravi")
LAST_NAMES = ("Smith", "O'Neill", "van der Berg", "Kowalski", "Patel", "Ångström", "García-López",
              "Okafor", "Tanaka", "Jones", "Müller", "Nguyễn", "Mac an Ghoill", "Ivanova",
              "Fernandes", "D'Souza", "Li")
OFFICES = (("London", "1 Example Street, London, EC1A 1BB", "Europe/London"),
           ("Leeds", "Unit 7, The Old Mill, Leeds, LS1 1AA", "Europe/London"),
           ("Lisbon", "Rua do Exemplo 12, 3.º Esq., Lisboa", "Europe/Lisbon"))
TEAMS = ("Engineering", "People & Culture", "Finance", "Sales, EMEA", "Support", "Design",
         "Operations", "Legal")
TITLES = ("Engineer", "Senior Engineer", "Account Executive", "Designer", "Accountant",
          "People Partner", "Support Agent", "Operations Lead")
LEAVE_TYPES = ("Holiday", "Sick leave", "Parental leave", "Compassionate leave", "Jury service")
NOTE_TYPES = (("Dietary requirements", "Text"), ("T-shirt size", "Text"),
              ("Desk number", "Number"), ("Equipment returned", "Checklist"))
NOTES = ("Vegetarian", 'Medium, "relaxed" fit', "42", "Laptop\nDoor pass\nPhone")
PERMISSIONS = ("anyone", "owners", "team_leads", "line_managers", "payroll_admins", "admins",
               "super_admins")
LOCATIONS = (("Office", "office"), ("Home", "remote"), ("Client site", "other"))


def make_id(kind, number):
    """An opaque prefixed id as the API's are, the same on every run."""
    return f"{kind}_{hashlib.sha256(f'{kind}:{number}'.encode()).hexdigest()[:12]}"


def _day(base, days):
    return (datetime.date.fromisoformat(base) + datetime.timedelta(days=days)).isoformat()


class Company:
    """Everything the API serves. Lists keep their order; by_id() finds one member."""

    def __init__(self, people):
        self.company = {"id": make_id("company", 1), "name": "Acme Sandbox Ltd",
                        "subdomain": "acme-sandbox", "logo": "https://pictures.example/logo.png"}
        self.offices = [self._office(n) for n in range(len(OFFICES))]
        self.teams = [{"id": make_id("team", n), "name": name, "team_members": []}
                      for n, name in enumerate(TEAMS)]
        self.note_types = [self._note_type(n) for n in range(len(NOTE_TYPES))]
        self.leave_types = [{"id": make_id("leave_type", n), "name": name, "paid": n != 4}
                            for n, name in enumerate(LEAVE_TYPES)]
        self.working_locations = [{"id": make_id("working_location", n), "name": name,
                                   "type": kind} for n, (name, kind) in enumerate(LOCATIONS)]
        self.team_members = [self._person(n) for n in range(people)]
        self.notes = {person["id"]: [self._note(n)] if n % 3 == 0 else []
                      for n, person in enumerate(self.team_members)}
        self.leave_requests = [self._leave(n, k) for n in range(people) for k in range(3)]
        self.leave_allowances = [self._allowance(n) for n in range(people)]
        self.non_holiday_leave_allowances = [self._other_allowance(n) for n in range(people)]
        self.salaries = [pay for n in range(people) for pay in self._salaries(n)]
        self.bank_accounts = [self._bank_account(n) for n in range(people)]
        self.added = 0

    @staticmethod
    def _office(n):
        name, address, timezone = OFFICES[n]
        return {"id": make_id("office", n), "name": name, "head": n == 0, "address": address,
                "timezone": timezone, "phone_number": f"+44 20 7946 0{100 + n}",
                "email": f"{name.lower()}@acme.example"}

    @staticmethod
    def _note_type(n):
        name, kind = NOTE_TYPES[n]
        return {"id": make_id("team_member_note_type", n), "name": name, "type": kind,
                "permissions": {who: who != "anyone" or n == 0 for who in PERMISSIONS}}

    def _person(self, n):
        first, last = FIRST_NAMES[n % len(FIRST_NAMES)], LAST_NAMES[n * 7 % len(LAST_NAMES)]
        left = n % 40 == 39
        team = self.teams[n % len(TEAMS)]
        person = {
            "id": make_id("team_member", n), "first_name": first, "last_name": last,
            "display_name": f"{first} {last}", "job_title": TITLES[n % len(TITLES)],
            "work_email": f"person{n + 1}@acme.example",
            "personal_email": f"person{n + 1}@mail.example" if n % 4 else None,
            "phone_number": f"+44 7700 9{n % 100000:05d}",
            "profile_picture": f"https://pictures.example/{n + 1}.jpg" if n % 5 else None,
            "address": f"{n + 1} Sample Road, Flat {n % 9 + 1}, Leeds, LS2 {n % 9}AB",
            "date_of_birth": _day("1962-03-01", n * 37 % 15000),
            "start_date": _day("2015-01-05", n * 13 % 4000),
            "end_date": "2026-05-29" if left else None,
            "employment_status": "left" if left else "active",
            "gender": ("female", "male", "non_binary", None)[n % 4], "married": n % 3 == 0,
            "office": self.offices[n % len(OFFICES)]["id"], "teams": [team["id"]],
            "manager": make_id("team_member", n // 9) if n else None,
            "national_insurance_number": f"QQ{n % 1000000:06d}C", "payroll_id": f"{n + 1:05d}",
            "starter_declaration": "ABC"[n % 3], "student_loan": n % 6 == 0,
            "postgraduate_loan": n % 12 == 0,
        }
        team["team_members"].append(person["id"])
        return person

    def _note(self, n):
        kind = n // 3 % len(NOTE_TYPES)
        return {"id": make_id("team_member_note", n), "label": NOTE_TYPES[kind][0],
                "content": NOTES[kind], "team_member_note_type_id": self.note_types[kind]["id"]}

    @staticmethod
    def _leave(n, k):
        start = _day("2026-01-05", (n * 11 + k * 97) % 350)
        days = (n + k) % 10 + 1
        return {"id": make_id("leave_request", f"{n}.{k}"),
                "team_member": make_id("team_member", n),
                "approver": make_id("team_member", n // 9),
                "status": ("approved", "approved", "requested", "declined")[(n + k) % 4],
                "details": "Away, out of reach" if k == 1 else None, "amount": days,
                "units": "days", "request_type": LEAVE_TYPES[k % 2], "duration": f"{days} days",
                "start_date": start, "end_date": _day(start, days - 1)}

    def _allowance(self, n):
        used = n % 26
        return {"id": make_id("leave_allowance", n), "team_member": make_id("team_member", n),
                "allowance_in_days": 25, "days_used": used,
                "remaining_allowance_in_days": 25 - used, "allowance_in_hours": 200,
                "hours_used": used * 8, "remaining_allowance_in_hours": 200 - used * 8,
                "leave_types": [self.leave_types[0]["id"]],
                "period_start": "2026-01-01", "period_end": "2026-12-31"}

    def _other_allowance(self, n):
        used = n % 6
        return {"id": make_id("non_holiday_leave_allowance", n),
                "team_member": make_id("team_member", n), "allowance_in_days": 5,
                "days_used": used, "remaining_allowance_in_days": 5 - used,
                "leave_types": [self.leave_types[1 + n % 4]["id"]],
                "period_start": "2026-01-01", "period_end": "2026-12-31"}

    @staticmethod
    def _salaries(n):
        dates = ["2024-04-01", "2026-04-01"][:1 + n % 2]
        if n % 20 == 0:
            dates.append("2099-01-01")      # a rise not yet in force
        return [{"id": make_id("salary", f"{n}.{k}"), "team_member": make_id("team_member", n),
                 "job_title": TITLES[n % len(TITLES)],
                 "pay_rate": 28000 + n * 250 % 40000 + k * 1500,
                 "pay_period": "annual", "pay_frequency": "monthly", "pay_currency": "GBP",
                 "effective_date": date, "employment_type": "part_time" if n % 7 == 6
                 else "full_time"} for k, date in enumerate(dates)]

    def _bank_account(self, n):
        return {"id": make_id("bank_account", n), "team_member": make_id("team_member", n),
                "account_name": self.team_members[n]["display_name"],
                "bank_name": ("Example Bank", "Sample Building Society")[n % 2],
                "account_number": f"{1000003 + n * 7919:08d}", "sort_code": f"00{n % 10000:04d}"}

    def location_on(self, person, date):
        """Where PERSON works on DATE: None at the weekend, else one of the catalog."""
        day = datetime.date.fromisoformat(date)
        place = None
        if day.weekday() < 5:
            turn = day.toordinal() + int(person["payroll_id"])
            place = self.working_locations[turn % len(self.working_locations)]
        return {"team_member": person["id"], "date": date, "working_location": place}

    def new_id(self, kind):
        """An id for something added while running."""
        self.added += 1
        return make_id(kind, f"added.{self.added}")


def by_id(items, wanted, key="id"):
    """The first of ITEMS whose KEY is WANTED, or None."""
    return next((item for item in items if item[key] == wanted), None)
