BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE calls (
	sid VARCHAR(64) NOT NULL, 
	to_number VARCHAR(32) NOT NULL, 
	from_number VARCHAR(32) NOT NULL, 
	prompt VARCHAR(200) NOT NULL, 
	prompt_key VARCHAR(400) NOT NULL, 
	line VARCHAR(16) NOT NULL, 
	placed_at DATETIME NOT NULL, 
	phase VARCHAR(16) NOT NULL, 
	floor VARCHAR(16) NOT NULL, 
	answered_by VARCHAR(16) NOT NULL, 
	judged_by VARCHAR(16), 
	deciding BOOLEAN NOT NULL, 
	away BOOLEAN NOT NULL, 
	transferred_to VARCHAR(32), 
	sequence INTEGER NOT NULL, 
	rang_at DATETIME, 
	answered_at DATETIME, 
	ended_at DATETIME, 
	outcome VARCHAR(16), 
	ended_by VARCHAR(16), 
	recording TEXT, 
	recorded_s FLOAT DEFAULT '0' NOT NULL, 
	desk VARCHAR(32) NOT NULL, 
	problem JSON, 
	verdict JSON, 
	CONSTRAINT pk_calls PRIMARY KEY (sid)
);
INSERT INTO "calls" VALUES('CA00000000000000000000000000000001','+14155552671','+16285550100','appointment_reminder','appointment reminder','phone','2026-11-22 09:31:00.000000','ended','nobody','unknown',NULL,0,0,NULL,-1,NULL,NULL,'2026-11-22 09:31:40.000000','completed','caller',NULL,0.0,'14944429305e48ebbbf1630dd1ee42d3',NULL,NULL);
INSERT INTO "calls" VALUES('CA00000000000000000000000000000002','+14155552671','+16285550100','appointment_reminder','appointment reminder','phone','2026-11-22 09:32:00.000000','ended','nobody','unknown',NULL,0,0,NULL,-1,NULL,NULL,'2026-11-22 09:32:40.000000','busy','caller',NULL,0.0,'14944429305e48ebbbf1630dd1ee42d3',NULL,NULL);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	call_sid VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	details JSON NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT fk_events_call_sid FOREIGN KEY(call_sid) REFERENCES calls (sid) ON DELETE CASCADE
);
INSERT INTO "events" VALUES(1,'CA00000000000000000000000000000001','2026-11-22 09:30:00.000000','CallQueued','{}');
CREATE TABLE figures (
	call_sid VARCHAR(64) NOT NULL, 
	counted JSON NOT NULL, 
	CONSTRAINT pk_figures PRIMARY KEY (call_sid), 
	CONSTRAINT fk_figures_call_sid FOREIGN KEY(call_sid) REFERENCES calls (sid) ON DELETE CASCADE
);
CREATE TABLE notes (
	id INTEGER NOT NULL, 
	call_sid VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	details JSON NOT NULL, 
	due DATETIME, 
	by_operator BOOLEAN NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY (id), 
	CONSTRAINT fk_notes_call_sid FOREIGN KEY(call_sid) REFERENCES calls (sid) ON DELETE CASCADE
);
INSERT INTO "notes" VALUES(1,'CA00000000000000000000000000000001','2026-11-22 09:30:00.000000','Moved to Friday.','{}',NULL,0);
CREATE TABLE turns (
	call_sid VARCHAR(64) NOT NULL, 
	id INTEGER NOT NULL, 
	speaker VARCHAR(16) NOT NULL, 
	text TEXT NOT NULL, 
	offset_s FLOAT NOT NULL, 
	final BOOLEAN NOT NULL, 
	interrupted BOOLEAN NOT NULL, 
	heard_chars INTEGER, 
	CONSTRAINT pk_turns PRIMARY KEY (call_sid, id), 
	CONSTRAINT fk_turns_call_sid FOREIGN KEY(call_sid) REFERENCES calls (sid) ON DELETE CASCADE
);
INSERT INTO "turns" VALUES('CA00000000000000000000000000000001',1,'agent','Hello, this is Ada.',0.4,1,0,NULL);
CREATE INDEX ix_calls_placed_at_sid ON calls (placed_at, sid);
CREATE INDEX ix_calls_outcome_placed_at ON calls (outcome, placed_at);
CREATE INDEX ix_calls_prompt_placed_at ON calls (prompt, placed_at);
CREATE INDEX ix_events_call_sid_id ON events (call_sid, id);
CREATE INDEX ix_notes_call_sid_id ON notes (call_sid, id);
CREATE INDEX ix_notes_due ON notes (due);
COMMIT;
